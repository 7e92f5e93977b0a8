package cmd

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// probeLimits bound the exchange with the gateway. A gateway may wait for the API behind it.
var probeLimits = network.Limits{Body: 64 << 10, Time: 30 * time.Second}

type probeFlags struct {
	explainFlags
	insecure bool
	all      bool
}

func newProbe(env *Env) *cobra.Command {
	var flags probeFlags
	cmd := &cobra.Command{
		ValidArgsFunction: atArgument(1, env.completeAt),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.keys.offline {
				return problem("probe sends a request, and --offline connects to nothing",
					"leave --offline out; --jwks FILE takes the keys from a file")
			}
			if flags.all {
				return env.probeAll(cmd, &flags, args)
			}
			return env.probe(cmd, &flags, args)
		},
	}
	flags.registerProbe(cmd, env.Gateways)
	return cmd
}

func (f *probeFlags) registerProbe(cmd *cobra.Command, gateways report.Gateways) {
	f.output.register(cmd, render.Formats().Probe.Names()...)
	f.output.registerDetail(cmd)
	f.policies.register(cmd, gateways)
	f.keys.register(cmd)
	f.redact.register(cmd)
	f.registerRequest(cmd)
	cmd.Flag("method").Usage = "the `METHOD` to send: GET, else HEAD or OPTIONS; any other may " +
		"change something in the API"
	flags := cmd.Flags()
	flags.BoolVar(&f.insecure, "insecure-http", false,
		"allow http to another machine: anyone on the network path can read the token")
	flags.BoolVar(&f.all, "all", false, "send every environment's tokens to every environment's "+
		"url: in the environments file")
}

func (e *Env) probe(cmd *cobra.Command, flags *probeFlags, args []string) error {
	if flags.environment.name != "" && !cmd.Flags().Changed("config") {
		return flags.unnamedFile()
	}
	if err := flags.checkOne(args); err != nil {
		return err
	}
	target, err := flags.purpose(args[0])
	if err != nil {
		return err
	}
	rest := args[1:] // where the token is
	flags.said.Method = flags.methodToSend(e)
	line := e.commandLine(cmd, rest)
	line.Flags = append(line.Flags, "--path", cmp.Or(target.Address.EscapedPath(), "/"))
	policies, contracts, err := e.explained(&flags.explainFlags)
	if err != nil {
		return err
	}
	if policies.Apps, err = e.maker().ReadApps(flags.apps); err != nil {
		return err
	}
	var token *inspect.Token
	if !flags.noToken {
		if token, err = e.maker().ReadToken(rest); err != nil {
			return err
		}
	}
	run, err := e.newRun(cmd.Context(), &flags.explainFlags, policies, token, nil)
	if err != nil {
		return err
	}
	run.Line, run.Version = line, e.version()
	run.Ignores = e.ignores(cmd, flags.environment.config)
	report.AsSent(run.Request, target.Address)
	run.Assume(contracts)
	explanation := run.Explain()
	answer, err := e.askGateway(cmd.Context(), target, run.Request)
	if err != nil {
		return err
	}
	run.Probe(explanation, target.Address, answer)
	explanation.Redact = flags.redact.in(flags.output.format.value)
	if err := show(e, &flags.output, render.Formats().Probe, explanation); err != nil {
		return err
	}
	outcome := explanation.Probed.Outcome
	return exitAs(outcome == report.Differs, outcome != report.AsPredicted)
}

// unnamedFile refuses an environments file that nobody named: it may be somebody else's, and would
// say where tokens are sent, and whose keys are right.
func (f *probeFlags) unnamedFile() error {
	return problem("probe takes an environments file only where you name it",
		"pass -c "+f.environment.config)
}

// checkOne refuses arguments that are not a URL and where its token is.
func (f *probeFlags) checkOne(args []string) error {
	switch {
	case len(args) == 0:
		return problem("no URL was given",
			"gatewhy probe https://api.example.com/orders @token.jwt -p policies.json",
			"with --all the environments file says the URLs")
	case len(args) > 2:
		return problem("probe takes a URL and where the token is",
			"the token: @FILE, or - for standard input")
	case len(args) == 2 && args[1] != "-" && !strings.HasPrefix(args[1], "@"):
		return problem("a token is not taken as an argument here: it would stay in the shell's "+
			"history", "save it in a file and pass @FILE",
			"or leave it out, and paste it when asked")
	case f.noToken && len(args) == 2:
		return problem("--no-token means a request without a token, but a token was given",
			"leave out one of the two")
	}
	return f.checkHeaders("pass the token as @FILE: it is sent as Authorization: Bearer")
}

// checkHeaders refuses headers that are not sent, and those with a token. The hint says how that
// is given.
func (f *probeFlags) checkHeaders(hint string) error {
	framing := []string{"Content-Length", "Transfer-Encoding", "Trailer"}
	for _, header := range f.said.Headers {
		name, _, _ := strings.Cut(header, ":")
		if slices.Contains(framing, http.CanonicalHeaderKey(strings.TrimSpace(name))) {
			return problem("the header "+name+" is not sent: the request has no body",
				"leave it out")
		}
		if inspect.TokenSpans(header) != nil {
			return problem("a header of -H carries a token, and tokens are not taken as "+
				"arguments here", hint)
		}
	}
	return nil
}

// purpose reads the URL of a gateway that the user named.
func (f *probeFlags) purpose(text string) (network.Purpose, error) {
	none := network.Purpose{}
	if inspect.TokenSpans(text) != nil {
		return none, problem("the URL holds a token",
			"pass the token as @FILE: it is sent as Authorization: Bearer")
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" {
		return none, problem("the first argument is not a URL",
			"such as https://api.example.com/orders")
	}
	host, ok := network.ASCIIHost(address.Hostname())
	switch {
	case !ok:
		return none, problem("the URL's host is not a host's name",
			"such as https://api.example.com/orders")
	case address.User != nil:
		return none, problem("the URL has a user or a password in it",
			"leave them out; a header is passed as -H")
	case address.Scheme != "http" && address.Scheme != "https":
		return none, problem("the URL is not https", "such as https://api.example.com/orders")
	case address.Scheme == "http" && !network.IsLoopback(host) && !f.insecure:
		return none, problem("over http anyone on the network path can read the token",
			"use https; --insecure-http sends it all the same")
	}
	address = network.WithHost(address, host)
	address.Fragment = ""
	return network.Purpose{Address: address, Insecure: f.insecure}, nil
}

// methodToSend is the method that is sent. One that may change something is warned of.
func (f *probeFlags) methodToSend(e *Env) string {
	if f.said.Method == "" {
		return http.MethodGet
	}
	method := e.maker().MethodOf(f.said.Method)
	if !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, method) {
		e.warn("%s reaches the API if the gateway lets it through, and may change something "+
			"there", method)
	}
	return method
}

// askGateway sends the request once.
func (e *Env) askGateway(
	ctx context.Context, target network.Purpose, of *rules.Request,
) (report.ProbeAnswer, error) {
	if of.Token != nil && of.Token.Masked {
		return report.ProbeAnswer{}, problem("the token's signature was masked by the program "+
			"that showed it, so it can't be sent", "take the token from where it is requested")
	}
	request, err := http.NewRequestWithContext(ctx, of.Method, target.Address.String(), nil)
	if err != nil {
		return report.ProbeAnswer{}, problem("the request can't be sent: "+err.Error(),
			"is --method a method of HTTP, such as GET?")
	}
	if of.Token != nil {
		request.Header.Set("Authorization", "Bearer "+of.Token.Compact())
	}
	for name, value := range of.Headers {
		switch {
		case name == "Host":
			request.Host = value
		case value != "":
			request.Header.Set(name, value)
		case name == "User-Agent":
			request.Header.Set(name, "") // else net/http sends one of its own
		default:
			request.Header.Del(name)
		}
	}
	where := report.WithoutQuery(target.Address)
	stop := e.showProgress(&atomic.Int64{}, 1, "answers of "+target.Address.Host)
	answer, err := network.Send(e.transport, request, target, probeLimits)
	stop()
	if answer == nil {
		cause := probeLimits.Explain(err)
		if errors.Is(err, io.EOF) {
			cause = "the connection was closed without an answer"
		}
		hint := "is the URL right, and can this machine reach its host?"
		if network.Untrusted(err) {
			hint = otherAuthority
		}
		if proxy := network.ProxyHint(err); proxy != "" {
			hint = proxy
		}
		return report.ProbeAnswer{}, problem(inspect.MaskTokens(where+": "+cause), hint)
	}
	if err != nil { // the status and the headers came, and they answer the question
		e.warn("%s: the body did not come to its end; %d bytes of it came", where,
			len(answer.Body))
	}
	unpack(answer)
	told := report.NewProbeAnswer(answer.Status, answer.Headers, answer.Body, of.Token)
	told.Cut = answer.Cut
	return told, nil
}

// unpack decompresses an answer in gzip, which some gateways use though nobody asked for it. Any
// other body stays.
func unpack(answer *network.Answer) {
	if !strings.EqualFold(answer.Headers.Get("Content-Encoding"), "gzip") {
		return
	}
	packed, err := gzip.NewReader(bytes.NewReader(answer.Body))
	if err != nil {
		return
	}
	body, err := io.ReadAll(io.LimitReader(packed, int64(probeLimits.Body)+1))
	answer.Cut = answer.Cut || err != nil || len(body) > probeLimits.Body
	answer.Body = body[:min(len(body), probeLimits.Body)]
}

// probeAll sends the real tokens of an environments file to the url of each environment.
func (e *Env) probeAll(cmd *cobra.Command, flags *probeFlags, args []string) error {
	if err := flags.checkAll(cmd, args); err != nil {
		return err
	}
	estate, err := e.maker().ReadEstate(flags.environment.config)
	if err != nil {
		return err
	}
	targets, err := flags.targets(estate)
	if err != nil {
		return err
	}
	hasTokens := func(s *environments.Site) bool { return len(s.Tokens) > 0 }
	if !estate.Has(hasTokens) {
		return problem(flags.environment.config+": no environment has tokens to send",
			"tokens: names files with captured ones, such as [tokens/dev.jwt]")
	}
	if err := e.settleTenant(cmd.Context(), estate, &flags.keys); err != nil {
		return err
	}
	like := &rules.Request{At: e.Now(), Method: flags.methodToSend(e)}
	if like.Headers, err = e.maker().ReadSharedHeaders(flags.said.Headers); err != nil {
		return err
	}
	var done atomic.Int64
	tokens := 0
	for i := range estate.Sites {
		tokens += len(estate.Sites[i].Tokens)
	}
	stop := e.showProgress(&done, tokens*len(targets), "answers")
	all := e.maker().ProbeAll(estate, targets, like, func(
		target report.ProbeTarget, request *rules.Request,
	) (report.ProbeAnswer, error) {
		defer done.Add(1)
		to := network.Purpose{Address: target.Address, Insecure: flags.insecure}
		return e.askGateway(cmd.Context(), to, request)
	})
	stop()
	line := e.commandLine(cmd, nil)
	if flags.insecure {
		line.Flags = append(line.Flags, "--insecure-http")
	}
	all.AddNext(line)
	if err := show(e, &flags.output, render.Formats().ProbeAll, all); err != nil {
		return err
	}
	_, differ, open, silent := all.Counts()
	if silent > 0 {
		return exit(exitUsage)
	}
	return exitAs(differ > 0, open > 0)
}

// checkAll refuses what the environments file says where --all is given.
func (f *probeFlags) checkAll(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) > 0:
		return problem("--all takes URLs and tokens from the environments file, and one was given",
			"leave it out, or leave out --all")
	case !cmd.Flags().Changed("config"):
		return f.unnamedFile()
	}
	err := f.checkHeaders("leave it out: --all sends the tokens of the environments file")
	if err != nil {
		return err
	}
	for _, name := range []string{
		"policy", "policy-type", "api", "gateway", "runtime", "env", "no-token", "app",
		"contracts", "introspection", "tenant", "cloud", "issuer",
	} {
		if flag := cmd.Flag(name); flag != nil && flag.Changed {
			return problem("--all takes policies, tokens and all about them from the "+
				"environments file", "leave out --"+name)
		}
	}
	return nil
}

// targets are the environments with a url.
func (f *probeFlags) targets(estate *report.Estate) ([]report.ProbeTarget, error) {
	var targets []report.ProbeTarget
	for _, env := range estate.File.Environments {
		if env.URL.Value == "" {
			continue
		}
		purpose, err := f.purpose(env.URL.Value)
		if err != nil {
			ours := *report.AsError(err)
			ours.Pos = env.URL.Pos
			return nil, &ours
		}
		if chain := estate.Chain(env.Name); chain != nil {
			return nil, report.ProblemAt(env.URL.Pos,
				env.Name+" has several gateways: "+strings.Join(chain, ", "),
				"leave its url out, and probe one of them: gatewhy probe URL -p FILE")
		}
		targets = append(targets, report.ProbeTarget{
			Site: estate.Site(env.Name), Address: purpose.Address,
		})
	}
	if len(targets) == 0 {
		return nil, report.ProblemAt(source.Position{File: estate.Name},
			"no environment has a url to probe",
			"url: https://… under an environment is a request that its gateway answers")
	}
	return targets, nil
}
