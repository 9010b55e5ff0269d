#!/usr/bin/env bash
# Runs deploy/slurm on a real Slurm of one host, with daemons of its own in a temporary folder, and compares the joined
# shares with a run that was not split. Skips, and says so, where Slurm or the rights to start it are absent.
set -euo pipefail
cd "$(dirname "$0")/.."
skip() { echo "check-slurm: SKIPPED: $*" >&2; exit 0; }
for tool in slurmctld slurmd sbatch munged ffmpeg; do
	command -v "$tool" >/dev/null || [ -x "/usr/sbin/$tool" ] || skip "no $tool (scripts/setup.sh check installs it)"
done
[ "$(id -u)" = 0 ] || skip "Slurm's daemons are started as root"
[ -e models/siamtrack.onnx ] || skip "no models/siamtrack.onnx to run"
PATH=$PATH:/usr/sbin:/sbin
. .deps/env.sh
go build -o bin/track ./cmd/track
tmp=$(mktemp -d)
chmod 755 "$tmp"

daemons=()
stop() {
	for pid in "${daemons[@]}" $(cat "$tmp/munge/pid" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	rm -rf "$tmp"
}
trap stop EXIT

# Five sequences out of the sample clip: every fifth frame, which has a box that was checked by eye.
mkdir "$tmp/all"
ffmpeg -v error -i samples/walk.mp4 -vf 'select=not(mod(n\,5))' -fps_mode passthrough -q:v 2 "$tmp/all/%04d.jpg"
sequence() { # NAME FIRST LAST, rows of walk.csv counted from 1
	local dir=$tmp/data/$1 i
	mkdir -p "$dir/img"
	for i in $(seq "$2" "$3"); do cp "$tmp/all/$(printf %04d "$i").jpg" "$dir/img/"; done
	tail -n +2 samples/walk.csv | sed -n "$2,$3p" | cut -d, -f2-5 >"$dir/groundtruth_rect.txt"
}
sequence A 1 28
sequence B 4 20
sequence C 8 27
sequence D 10 18
sequence E 1 9

# munge proves to Slurm who is who.
if ! pgrep -x munged >/dev/null; then
	mkdir -p "$tmp/munge"
	head -c 64 /dev/urandom >"$tmp/munge/key"
	chmod 600 "$tmp/munge/key"
	chown -R munge "$tmp/munge"
	install -d -o munge -m 755 /run/munge
	runuser -u munge -- /usr/sbin/munged --foreground --key-file="$tmp/munge/key" --log-file="$tmp/munge/log" \
		--pid-file="$tmp/munge/pid" --seed-file="$tmp/munge/seed" >/dev/null 2>&1 &
	daemons+=($!)
	for _ in $(seq 600); do [ -S /run/munge/munge.socket.2 ] && break; sleep 0.1; done
fi
host=$(hostname -s)
port=$((20000 + $$ % 20000))
mkdir "$tmp/state" "$tmp/spool"
cat >"$tmp/slurm.conf" <<END
ClusterName=check
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=$tmp/slurmctld.pid
SlurmdPidFile=$tmp/slurmd.pid
SlurmctldLogFile=$tmp/slurmctld.log
SlurmdLogFile=$tmp/slurmd.log
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MinJobAge=300
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$tmp/slurm.conf
slurmctld -D -c >/dev/null 2>&1 &
daemons+=($!)
slurmd -D -c >/dev/null 2>&1 &
daemons+=($!)
for _ in $(seq 600); do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 0.1; done
sinfo -h -o %T | grep -q idle || { cat "$tmp"/slurm*.log >&2; exit 1; }

export TRACK=$PWD/bin/track
"$TRACK" bench "$tmp/data" --out "$tmp/one" --quiet
deploy/slurm/submit.sh "$tmp/data" "$tmp/run" 3 --quiet
for _ in $(seq 150); do
	[ -n "$(squeue -h)" ] || break
	sleep 2
done
cat "$tmp"/run/*.log >&2
[ -z "$(squeue -h)" ] || { squeue >&2; echo "check-slurm: the jobs did not end" >&2; exit 1; }
for i in 0 1 2; do
	[ -n "$(ls "$tmp/run/shard-$i"/?.txt)" ] || { echo "check-slurm: shard $i did nothing" >&2; exit 1; }
done
for name in A B C D E; do
	cmp "$tmp/one/$name.txt" "$tmp/run/whole/$name.txt"
done
"$TRACK" eval --dataset "$tmp/data" "one=$tmp/one" "slurm=$tmp/run/whole" --quiet
echo "check-slurm: three shares on Slurm $(sinfo --version | cut -d' ' -f2), joined, are the run of one machine"
