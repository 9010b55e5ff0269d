package score

// Measures are the scores of a tracker, of one of its sequences, or of an attribute; nil where one does not apply.
type Measures struct {
	SuccessAUC      *float64 `json:"success_auc,omitempty"`
	Precision20     *float64 `json:"precision_20,omitempty"`
	NormPrecision20 *float64 `json:"norm_precision_20,omitempty"`
	// NormPrecisionMean is got10k's other convention: the mean of the curve, not its value at 0.20.
	NormPrecisionMean *float64 `json:"norm_precision_mean,omitempty"`
	OP50              *float64 `json:"op_50,omitempty"`
	OP75              *float64 `json:"op_75,omitempty"`
	AO                *float64 `json:"ao,omitempty"`
	SR50              *float64 `json:"sr_50,omitempty"`
	SR75              *float64 `json:"sr_75,omitempty"`
	Accuracy          *float64 `json:"accuracy,omitempty"`
	Robustness        *float64 `json:"robustness,omitempty"`
	Lost              *float64 `json:"lost,omitempty"`
	EAO               *float64 `json:"eao,omitempty"`
	FScore            *float64 `json:"f_score,omitempty"`
	TrackPrecision    *float64 `json:"tracking_precision,omitempty"`
	TrackRecall       *float64 `json:"tracking_recall,omitempty"`
	// Those of several targets; HOTA to AssPr are means over HOTA's thresholds.
	HOTA           *float64 `json:"hota,omitempty"`
	DetA           *float64 `json:"det_a,omitempty"`
	AssA           *float64 `json:"ass_a,omitempty"`
	LocA           *float64 `json:"loc_a,omitempty"`
	DetRe          *float64 `json:"det_re,omitempty"`
	DetPr          *float64 `json:"det_pr,omitempty"`
	AssRe          *float64 `json:"ass_re,omitempty"`
	AssPr          *float64 `json:"ass_pr,omitempty"`
	MOTA           *float64 `json:"mota,omitempty"`
	MOTP           *float64 `json:"motp,omitempty"`
	IDF1           *float64 `json:"idf1,omitempty"`
	IDP            *float64 `json:"idp,omitempty"`
	IDR            *float64 `json:"idr,omitempty"`
	Switches       *float64 `json:"id_switches,omitempty"`
	Fragments      *float64 `json:"fragments,omitempty"`
	FalsePositives *float64 `json:"false_positives,omitempty"`
	Misses         *float64 `json:"misses,omitempty"`
	MostlyTracked  *float64 `json:"mostly_tracked,omitempty"`
	MostlyLost     *float64 `json:"mostly_lost,omitempty"`
	// FPS is frames divided by total time; FPSMeanInverse is the toolkits' mean of 1/t.
	FPS            *float64 `json:"fps,omitempty"`
	FPSMeanInverse *float64 `json:"fps_mean_inverse,omitempty"`
	// CPUShare is the processors that were kept busy while a run of ours was timed.
	CPUShare *float64 `json:"cpu_share,omitempty"`
}

// Curves are what the plots show.
type Curves struct {
	Success       []float64 `json:"success,omitempty"`
	Precision     []float64 `json:"precision,omitempty"`
	NormPrecision []float64 `json:"norm_precision,omitempty"`
	EAO           []float64 `json:"eao,omitempty"`
	// LongTerm has tracking precision and recall at each threshold of confidence.
	LongTermPrecision []float64 `json:"longterm_precision,omitempty"`
	LongTermRecall    []float64 `json:"longterm_recall,omitempty"`
	// HOTA has its value at the overlaps 0.05, 0.10 ... 0.95.
	HOTA []float64 `json:"hota,omitempty"`
}
