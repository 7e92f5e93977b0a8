package report

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/inspect/stream"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/scan"
)

// Scanning is what the tokens of some streams get.
type Scanning struct {
	scan.Comparison      // where no policies were given to be compared with, After alone is filled
	Compared        bool // two sets of policies were compared

	Path string           // where in each line's JSON the tokens were looked for; or empty
	Cut  []string         // the files of summaries that are of a part of their input only
	Apps *entra.Directory // that name the clients; nil where none were given
	Next []rules.Step     // what to do now
}

// AddNext says how to see why tokens are not let in, or what is missing to know it. Where all are,
// it says who else gets in.
func (x *Scanning) AddNext(explain *CommandLine, who rules.Step) {
	of, none := &x.After, ""
	switch {
	case of.Tokens() > 0:
	case of.Unreadable > 0:
		none = "No whole token was found. A line can't be read if its token is cut off or " +
			"masked, if it is too long, or if --json-path finds no JSON object in it"
	case x.Path != "":
		none = "No line has a token at " + x.Path + ": compare that with a line of the log"
	default:
		none = "No token was found: a log has the Authorization header, where tokens are, only " +
			"if it was told to; in NDJSON --json-path names their place"
	}
	if none != "" {
		x.Next = []rules.Step{{Note: none, Command: "gatewhy help scanning"}}
		return
	}
	causes := of.Causes()
	if x.Compared {
		x.nameLockedOut(explain.Shell)
		causes = append(x.LockedOut.Causes(), x.Unclear.Causes()...)
	}
	for _, cause := range causes {
		if cause.Outcome != rules.Accepted {
			x.Next = append(x.Next, rules.Step{
				Note:    missing(cause, explain.Flags),
				Command: explain.Again("explain", "-", "--at", cmp.Or(explain.At, "issued")),
			})
			return
		}
	}
	x.Next = append(x.Next, who)
}

// nameLockedOut says how to name the clients that a change locks out, where an id is all that is
// known of the busiest.
func (x *Scanning) nameLockedOut(shell Shell) {
	clients := map[string]int64{}
	for _, group := range x.LockedOut.Groups {
		for id, tokens := range group.Clients {
			clients[id] += tokens
		}
	}
	for _, client := range scan.Busiest(clients)[:min(len(clients), 1)] {
		if id := client.Value; entra.IsGUID(id) && x.AppName(id) == "" {
			x.Next = append(x.Next, rules.Step{
				Note: "Who is locked out: --app FILE names the clients whose registrations " +
					"the file has. This names the busiest",
				Command: shell.Line(
					"az", "ad", "sp", "show", "--id", id, "--query", "displayName",
				),
			})
		}
	}
}

// AppName is the name of a client; empty where neither an app registration nor Microsoft's list of
// applications has the id.
func (x *Scanning) AppName(id string) string {
	if x.Apps != nil {
		for _, app := range x.Apps.Apps {
			if app.AppID.Known() && strings.EqualFold(app.AppID.Value, id) && app.Name.Known() {
				return app.Name.Value
			}
		}
	}
	known, _ := entra.AppByID(id)
	return known.Name
}

// missing says what explain is asked for of a token that is not let in.
func missing(cause scan.Cause, flags []string) string {
	if cause.Outcome != rules.Undetermined {
		return "Why: paste one of these tokens; explain says which field decides, " +
			"and what to change"
	}
	why := "To see what is missing, paste one of these tokens: explain says it"
	without := func(flag string) bool { return !slices.Contains(flags, flag) }
	switch decided := cause.Decided; {
	case decided == rules.Signature && without("--jwks"):
		why = "Only keys decide a signature: --jwks FILE gives them to scan. " + why
	case decided == rules.Contract && without("--contracts"):
		why = "Only the list decides a contract: --contracts FILE gives it to scan. " + why
	case (decided == rules.Conditional || decided == rules.Routed) &&
		(without("--method") || without("--path")):
		why = "It depends on the request: scan takes one --method and one --path, for all " +
			"of them. " + why
	}
	return why
}

// Scanned is one token of a stream.
type Scanned struct {
	File   string // empty where there is one stream only
	Line   int
	Before scan.Result // of a comparison
	After  scan.Result
}

// Scanner runs the tokens of streams against policies.
type Scanner struct {
	*Maker
	Options stream.Options
	Before  *scan.Judge // nil where nothing is compared
	After   *scan.Judge
	Apps    *entra.Directory

	// Each is called with every token, in the order of the input; it may be nil.
	Each func(*Scanned) error

	// Stoppable is handed what ends a scan early with what is counted by then, while there is
	// something to count, and nil afterwards. It may be nil.
	Stoppable func(stop context.CancelFunc)

	seen  seenTokens
	spare sync.Pool    // of *batch that are counted
	read  atomic.Int64 // bytes, of all files
}

// NewJudge makes what tokens are judged by: a set of policies and what every request has in
// common. The times of a token are judged at an instant, or without one, one second after it was
// issued, and now where it does not say when that was. Of several gateways that the policies may
// be meant for, the strictest answer counts, as explain has it.
func (m *Maker) NewJudge(
	set *PolicySet, request rules.Request, signatures *Signatures, at time.Time,
) *scan.Judge {
	var gateways [][]*rules.Policy
	for _, gateway := range set.perGateway() {
		gateways = append(gateways, gateway.Policies)
	}
	request.Signatures = signatures.shared(slices.Concat(gateways...))
	return scan.NewJudge(gateways, request, func(token *inspect.Token) time.Time {
		if at.IsZero() {
			return whenNew(token, m.Now())
		}
		return at
	})
}

// Run scans files; - and no name are standard input. What was counted until an error is right, and
// comes with it.
func (s *Scanner) Run(ctx context.Context, names []string) (*Scanning, error) {
	x := &Scanning{
		Compared: s.Before != nil, Apps: s.Apps, Path: strings.Join(s.Options.Path, "."),
	}
	if len(names) == 0 {
		names = []string{"-"}
	}
	progress := readingProgress{&s.read, s.sizes(names), s.Now(), s.Now}
	defer s.tell(progress.String)()
	for _, name := range names {
		if err := s.file(ctx, x, name, len(names) > 1); err != nil {
			x.After.Partial = true
			return x, err
		}
	}
	return x, nil
}

// sizes is how large files are together; 0 where that is not known.
func (s *Scanner) sizes(names []string) int64 {
	var all int64
	for _, name := range names {
		info, err := os.Stat(s.Path(name))
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		all += info.Size()
	}
	return all
}

func (s *Scanner) file(ctx context.Context, x *Scanning, name string, several bool) error {
	shown := standardInput
	var input io.Reader
	if name == "-" {
		once, err := s.input()
		if err != nil {
			return err
		}
		input = once
	} else {
		file, _, err := s.open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		input, shown = file, name
	}
	reader, err := stream.NewReader(input, s.Options)
	if err != nil {
		return atFile(shown, err)
	}
	if !several {
		name = ""
	}
	return atFile(shown, s.stream(ctx, x, reader, name))
}

// atFile is an error with the place at which it happened.
func atFile(name string, err error) error {
	var cut *stream.Cut
	var notRead *stream.NotRead
	var said *source.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &cut):
		return ProblemAt(source.Position{File: name}, cut.Error(),
			"what was read before that is counted; fetch the file again for the rest")
	case errors.As(err, &notRead):
		return ProblemAt(source.Position{File: name}, err.Error(), notRead.Hint)
	case errors.As(err, &said):
		said.Pos.File = name
		return said
	}
	return ProblemAt(source.Position{File: name}, err.Error())
}

type batch struct {
	stream.Block
	lines, unreadable, several int64

	tokens  map[*outcome]int64
	scanned []Scanned // in their order; only where each is asked for
	done    chan struct{}
}

// outcome is what a token gets, of a comparison before it and after.
type outcome struct{ before, after scan.Result }

// stream reads a stream, has its tokens judged side by side, and counts them in their order.
func (s *Scanner) stream(
	ctx context.Context, x *Scanning, reader *stream.Reader, name string,
) error {
	stoppable, stop := context.WithCancel(ctx)
	defer stop()
	if s.Stoppable != nil {
		s.Stoppable(stop)
		defer s.Stoppable(nil)
	}
	ctx, cancel := context.WithCancel(stoppable)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	c := cutter{reader: reader, base: s.read.Load(), ordered: make(chan *batch, ahead*workers)}
	var judging sync.WaitGroup
	for range workers {
		judging.Go(func() {
			var parser inspect.Parser
			for b := s.cut(ctx, &c); b != nil; b = s.cut(ctx, &c) {
				s.judge(&parser, b, name)
				b.done <- struct{}{}
			}
		})
	}
	go func() {
		judging.Wait()
		close(c.ordered)
	}()
	var err error
	for b := c.next(stoppable); b != nil; b = c.next(stoppable) {
		<-b.done
		if err == nil {
			if err = s.count(x, b); err != nil {
				cancel()
			}
		}
		s.spare.Put(b)
	}
	if err = cmp.Or(err, stoppable.Err()); err != nil {
		return err
	}
	return c.err
}

// ahead is how many batches each of those who judge may be ahead of the count: so many are not
// delayed by whoever counts, who has to wait for a core.
const ahead = 8

// cutter is a stream that is cut into batches. The goroutine that judges a batch also cuts it off:
// if another one did that, one of two cores would be idle while it waits for its turn.
type cutter struct {
	mutex   sync.Mutex
	reader  *stream.Reader
	base    int64       // bytes of the files before
	ordered chan *batch // in the order of the stream
	err     error       // why the stream ended too early
	ended   bool
}

// cut cuts the next batch off a stream; nil behind the last one.
func (s *Scanner) cut(ctx context.Context, c *cutter) *batch {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.ended {
		return nil
	}
	b := s.newBatch()
	err := c.reader.Next(&b.Block)
	s.read.Store(c.base + c.reader.Read())
	c.ordered <- b
	switch {
	case errors.Is(err, io.EOF):
		c.ended = true
	case err != nil:
		c.ended, c.err = true, err
	case ctx.Err() != nil:
		c.ended, c.err = true, ctx.Err()
	}
	return b
}

// next is the next batch in the stream's order; nil behind the last one. Once the scan is stopped,
// it waits for nothing that is yet to come: the input may never go on.
func (c *cutter) next(stopped context.Context) *batch {
	select {
	case b := <-c.ordered:
		return b
	default:
	}
	select {
	case b := <-c.ordered:
		return b
	case <-stopped.Done():
		return nil
	}
}

// newBatch is an empty batch: a new one, or one that was counted.
func (s *Scanner) newBatch() *batch {
	b, used := s.spare.Get().(*batch)
	if !used {
		return &batch{tokens: map[*outcome]int64{}, done: make(chan struct{}, 1)}
	}
	b.lines, b.unreadable, b.several, b.scanned = 0, 0, 0, b.scanned[:0]
	clear(b.tokens)
	return b
}

func (s *Scanner) judge(parser *inspect.Parser, b *batch, name string) {
	for line := range b.Lines() {
		b.lines++
		if line.Several {
			b.several++
		}
		switch {
		case line.Fault != "":
			b.unreadable++
		case len(line.Token) > 0:
			got := s.one(parser, &line)
			b.tokens[got]++
			if s.Each != nil {
				b.scanned = append(b.scanned, Scanned{name, line.Number, got.before, got.after})
			}
		}
	}
}

// one judges a token, once for each time that it is not remembered, with the request that its line
// has. With headers it is not remembered: few of them are alike.
func (s *Scanner) one(parser *inspect.Parser, line *stream.Line) *outcome {
	hash := sha256.Sum256(line.Token)
	sent := line.Request(s.After.Asks || s.Before != nil && s.Before.Asks)
	if sent != nil {
		if len(sent.Headers) > 0 {
			return s.seen.kept(s.judged(parser, line, sent))
		}
		target := sent.Method + " " + sent.Path + sent.RawQuery
		hash = sha256.Sum256(append(hash[:], target...))
	}
	if got := s.seen.get(hash); got != nil {
		return got
	}
	return s.seen.put(hash, s.judged(parser, line, sent))
}

// judged is what a line's token gets, sent with a request, if there is one.
func (s *Scanner) judged(
	parser *inspect.Parser, line *stream.Line, sent *inspect.HTTPRequest,
) (got outcome) {
	token := parser.Parse(string(line.Token))
	if sent != nil {
		setToken(sent, token)
	}
	if s.Before != nil {
		got.before = judged(s.Before, token, sent)
	}
	got.after = judged(s.After, token, sent)
	return got
}

// judged is what a token gets that was sent with a request: what the command line says of all of
// them counts more.
func judged(judge *scan.Judge, token *inspect.Token, sent *inspect.HTTPRequest) scan.Result {
	if sent == nil {
		return judge.Judge(token, nil)
	}
	request := judge.Request
	fillIn(&request, sent)
	return judge.Judge(token, &request)
}

func (s *Scanner) count(x *Scanning, b *batch) error {
	x.After.Lines += b.lines
	x.After.Unreadable += b.unreadable
	x.After.Several += b.several
	x.After.Without += b.lines - b.unreadable
	for got, n := range b.tokens {
		x.After.Without -= n
		if x.Compared {
			x.Comparison.Add(got.before, got.after, n)
		} else {
			x.After.Add(got.after, n)
		}
	}
	for i := range b.scanned {
		if err := s.Each(&b.scanned[i]); err != nil {
			return err
		}
	}
	return nil
}

// mostSeen is how many tokens are remembered, by the hash of their text alone.
const mostSeen = 1 << 15

// seenParts is in how many parts.
const seenParts = 16

// seenTokens remembers what tokens got, in parts by their hash: with one lock
// for all, two cores would wait for each other. A part with too many forgets all of them.
type seenTokens struct {
	parts [seenParts]struct {
		mu     sync.Mutex
		byHash map[[sha256.Size]byte]*outcome
	}
	mu       sync.RWMutex
	outcomes map[outcome]*outcome // each once: most tokens get what many others get
}

// get is what a token got; nil where that is not known.
func (s *seenTokens) get(hash [sha256.Size]byte) *outcome {
	part := &s.parts[hash[0]%seenParts]
	part.mu.Lock()
	defer part.mu.Unlock()
	return part.byHash[hash]
}

// put remembers what a token got.
func (s *seenTokens) put(hash [sha256.Size]byte, got outcome) *outcome {
	kept := s.kept(got)
	part := &s.parts[hash[0]%seenParts]
	part.mu.Lock()
	defer part.mu.Unlock()
	if part.byHash == nil {
		part.byHash = make(map[[sha256.Size]byte]*outcome)
	}
	if len(part.byHash) >= mostSeen/seenParts {
		clear(part.byHash)
	}
	part.byHash[hash] = kept
	return kept
}

// kept is the outcome that stands for all that are the same.
func (s *seenTokens) kept(got outcome) *outcome {
	s.mu.RLock()
	kept := s.outcomes[got]
	s.mu.RUnlock()
	if kept != nil {
		return kept
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept = s.outcomes[got]; kept != nil {
		return kept
	}
	if s.outcomes == nil || len(s.outcomes) >= mostSeen {
		s.outcomes = make(map[outcome]*outcome)
	}
	fresh := got // so that no other one goes to the heap
	s.outcomes[got] = &fresh
	return &fresh
}

// readingProgress says how far a stream is read, how fast, and how long the rest of it takes.
type readingProgress struct {
	read  *atomic.Int64 // bytes
	size  int64         // 0 where it is not known: then nobody knows how much is left
	since time.Time
	now   func() time.Time
}

// String is empty as long as there is nothing to tell.
func (p *readingProgress) String() string {
	read, spent := p.read.Load(), p.now().Sub(p.since)
	if read < 1<<20 || spent <= 0 {
		return ""
	}
	rate := float64(read) / spent.Seconds()
	text := fmt.Sprintf("%d MiB read", read>>20)
	if p.size > 0 {
		text = fmt.Sprintf("%d of %d MiB read", read>>20, p.size>>20)
	}
	text += fmt.Sprintf(", %.1f MiB/s", rate/(1<<20))
	if p.size > read {
		left := time.Duration(float64(p.size-read) / rate * float64(time.Second))
		text += ", about " + roughly(left) + " left"
	}
	return text
}

// roughly is a duration as people say it.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second).Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}
