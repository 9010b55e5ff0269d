package folder

import "siamtrack/bench/dataset"

// Experiment is what is done with each sequence.
type Experiment string

// The experiments. OPE tracks once from the first frame, MOT all targets of a video, each from its own first frame;
// the others are VOT's.
const (
	OPE          Experiment = "ope"
	Supervised   Experiment = "supervised"
	Realtime     Experiment = "realtime"
	Unsupervised Experiment = "unsupervised"
	MultiStart   Experiment = "multistart"
	LongTerm     Experiment = "longterm"
	MOT          Experiment = "mot"
)

// Experiments lists them.
func Experiments() []Experiment {
	return []Experiment{OPE, Supervised, Realtime, Unsupervised, MultiStart, LongTerm, MOT}
}

// DefaultExperiment is the one that a benchmark is known for.
func DefaultExperiment(d *dataset.Dataset) Experiment {
	switch d.Format {
	case dataset.VOTLT:
		return LongTerm
	case dataset.MOT:
		return MOT
	case dataset.VOT:
		for i := range d.Sequences {
			if d.Sequences[i].Anchors != nil {
				return MultiStart
			}
		}
		return Supervised
	}
	return OPE
}

// Folders lists the names that toolkits give the folder of an experiment's results, the one that is written first; none
// for OPE and MOT, whose files lie in the run's folder itself. The reset-based and the multi-start experiment share
// one, their files differ.
func (e Experiment) Folders() []string {
	switch e {
	case Supervised:
		return []string{"baseline"}
	case MultiStart: // a stack of the VOT toolkit may call it by its own name
		return []string{"baseline", "multistart"}
	case LongTerm: // the VOT toolkit calls it by what it is
		return []string{"longterm", "unsupervised"}
	case Realtime, Unsupervised:
		return []string{string(e)}
	}
	return nil
}
