// Package kubernetes checks the manifests of this folder against Kubernetes' own types. It is a module of its own: the
// types are large, and the program does not need them.
package kubernetes

import (
	"os"
	"strconv"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// read decodes a manifest strictly: unknown fields, wrong types and quantities are errors.
func read(t *testing.T, path string) batchv1.Job {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var job batchv1.Job
	if err := yaml.UnmarshalStrict(raw, &job); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if job.APIVersion != "batch/v1" || job.Kind != "Job" {
		t.Errorf("%s: %s %s, want batch/v1 Job", path, job.APIVersion, job.Kind)
	}
	pod := job.Spec.Template.Spec
	if pod.RestartPolicy != corev1.RestartPolicyNever {
		t.Errorf("%s: restartPolicy %q", path, pod.RestartPolicy)
	}
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = v.PersistentVolumeClaim != nil
	}
	for _, c := range pod.Containers {
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				t.Errorf("%s: %s mounts %s, which is no claim", path, c.Name, m.Name)
			}
		}
	}
	return job
}

// TestBench: an Indexed Job whose shares are as many as its completions, each of which takes its number from the
// variable that Kubernetes sets for Indexed Jobs.
func TestBench(t *testing.T) {
	job := read(t, "bench.yaml")
	if m := job.Spec.CompletionMode; m == nil || *m != batchv1.IndexedCompletion {
		t.Fatalf("completionMode %v", m)
	}
	c := job.Spec.Template.Spec.Containers[0]
	shares := ""
	for _, e := range c.Env {
		if e.Name == "SHARES" {
			shares = e.Value
		}
	}
	if n, err := strconv.Atoi(shares); err != nil || job.Spec.Completions == nil || int32(n) != *job.Spec.Completions {
		t.Errorf("SHARES is %q, completions %v", shares, job.Spec.Completions)
	}
	if args := strings.Join(c.Args, " "); !strings.Contains(args, `--shard "$JOB_COMPLETION_INDEX/$SHARES"`) {
		t.Errorf("the shard is not the job's index: %s", args)
	}
}

func TestMerge(t *testing.T) {
	if job := read(t, "merge.yaml"); !strings.Contains(job.Spec.Template.Spec.Containers[0].Args[0], "track bench merge") {
		t.Error("it merges nothing")
	}
}
