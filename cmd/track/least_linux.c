// What Go's runtime and the libraries need of address space before a line of Go runs: where `ulimit -v` leaves less, the
// runtime ends the program with pages of traces, or a library does. So it is asked before either starts.
#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

// Measured with a small video, in MiB: libraries 450, Go's tables 1100, its heap, stacks and ONNX Runtime 450; for each
// processor a thread of Go's and one of the decoder with 8 of stack each, and their heap.
enum { least = 2000, each = 32 };

__attribute__((constructor)) static void enough(void) {
	struct rlimit limit;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	long long needed = least + each * (long long)(processors > 0 ? processors : 1);
	if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 1); // for each thread glibc takes 64 MiB of addresses else
#endif
	if (limit.rlim_cur / (1024 * 1024) >= (unsigned long long)needed)
		return;
	fprintf(stderr, "track: out of memory: the limit of addresses (ulimit -v) is %llu MiB; %lld are needed to start\n",
		(unsigned long long)limit.rlim_cur / (1024 * 1024), needed);
	_exit(1);
}
