package report

import (
	"slices"
	"strconv"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/scan"
)

// MergeScans adds up what scans of parts have counted, as their JSON has it.
func (m *Maker) MergeScans(names []string) (*Scanning, error) {
	var x Scanning
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			m.warn("%s is named twice, and its tokens count twice", name)
		}
		file, err := m.ReadSource(name)
		if err != nil {
			return nil, err
		}
		part, err := readScanning(file)
		if err != nil {
			return nil, err
		}
		if i > 0 && part.Compared != x.Compared {
			return nil, notASummary(file, nil, "one of the parts compares two sets of policies "+
				"and another one does not")
		}
		if part.After.Partial {
			x.Cut = append(x.Cut, file.Name)
		}
		x.Compared = part.Compared
		x.Comparison.Merge(&part.Comparison)
	}
	return &x, nil
}

func notASummary(file *source.File, at *source.Value, cause string) error {
	pos := source.Position{File: file.Name}
	if at != nil {
		pos = at.Pos
	}
	return ProblemAt(pos, cause, "a summary is what gatewhy scan -o json writes")
}

func readScanning(file *source.File) (x Scanning, err error) {
	if len(file.Documents) != 1 || !file.Documents[0].Member("verdicts").Is(source.List) {
		return x, notASummary(file, nil, "this is not a summary of a scan")
	}
	top := file.Documents[0]
	read := summaryReader{file: file}
	x.After = read.summary(top)
	if comparison := top.Member("comparison"); comparison != nil {
		x.Compared = true
		x.Before = read.summary(comparison.Member("before"))
		x.LockedOut = read.summary(comparison.Member("locked_out"))
		x.LetIn = read.summary(comparison.Member("let_in"))
		x.Unclear = read.summary(comparison.Member("unclear"))
	}
	return x, read.err
}

// summaryReader reads summaries, and keeps the first fault.
type summaryReader struct {
	file *source.File
	err  error
}

func (r *summaryReader) fault(at *source.Value, cause string) {
	if r.err == nil {
		r.err = notASummary(r.file, at, cause)
	}
}

func (r *summaryReader) summary(v *source.Value) (s scan.Summary) {
	if !v.Is(source.Object) || !v.Member("verdicts").Is(source.List) {
		r.fault(v, "this is not a summary of a scan")
		return s
	}
	s.Lines, s.Without = r.number(v, "lines"), r.number(v, "without_token")
	s.Unreadable = r.number(v, "unreadable")
	if v.Member("several_tokens") != nil {
		s.Several = r.number(v, "several_tokens")
	}
	s.Partial = isTrue(v.Member("partial"))
	s.ClientsOver = isTrue(v.Member("clients_over"))
	s.AudiencesOver = isTrue(v.Member("audiences_over"))
	s.Groups = map[scan.Cause]*scan.Group{}
	for _, item := range v.Member("verdicts").Items {
		cause := scan.Cause{
			Outcome: rules.Decision(r.text(item, "outcome")),
			Decided: rules.ID(r.text(item, "decided_by")),
		}
		if item.Member("claim") != nil {
			cause.Claim = r.text(item, "claim")
		}
		if item.Member("earlier_unknown") != nil {
			cause.Earlier = rules.ID(r.text(item, "earlier_unknown"))
		}
		if status := item.Member("status"); status != nil && !status.Is(source.Null) {
			cause.Status = int(r.number(item, "status"))
		}
		if s.Groups[cause] != nil {
			r.fault(item, "this verdict appears twice")
		}
		g := &scan.Group{Tokens: r.number(item, "tokens")}
		if !s.ClientsOver {
			g.Clients = r.counted(item, "clients")
		}
		if !s.AudiencesOver {
			g.Audiences = r.counted(item, "audiences")
		}
		s.Groups[cause] = g
	}
	return s
}

func (r *summaryReader) counted(of *source.Value, name string) map[string]int64 {
	all := map[string]int64{}
	list := of.Member(name)
	if !list.Is(source.List) {
		r.fault(of, name+" is missing")
		return all
	}
	for _, item := range list.Items {
		all[r.text(item, "value")] += r.number(item, "tokens")
	}
	return all
}

func (r *summaryReader) text(of *source.Value, name string) string {
	v := of.Member(name)
	text, ok := v.Str()
	if !ok && (v == nil || !v.Is(source.Null)) {
		r.fault(of, name+" is not a text")
	}
	return text
}

func (r *summaryReader) number(of *source.Value, name string) int64 {
	v := of.Member(name)
	if !v.Is(source.Number) {
		r.fault(of, name+" is not a number")
		return 0
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil || n < 0 {
		r.fault(v, name+" is not a whole number of zero or more")
	}
	return n
}

func isTrue(v *source.Value) bool {
	yes, ok := v.Bool()
	return yes && ok
}
