package cmd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// choice is a flag whose value is one of a few words.
type choice struct {
	value   string
	allowed []string
	kind    string // what help calls the value
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return c.kind }

func (c *choice) Set(value string) error {
	if slices.Contains(c.allowed, value) {
		c.value = value
		return nil
	}
	all := "one of: " + strings.Join(c.allowed, ", ")
	if len(value) > report.LongestWord {
		return problem("unknown value", all)
	}
	hints := []string{all}
	if near := c.nearest(value); near != "" {
		hints = []string{"did you mean " + near + "?", all}
	}
	return problem(fmt.Sprintf("unknown value %q", value), hints...)
}

// nearest is the allowed word that is meant; empty where none is. Who writes none or off means the
// word that switches the flag off, where it has one.
func (c *choice) nearest(value string) string {
	off := []string{"none", "off", "no", "false", "nothing"}
	if slices.Contains(off, strings.ToLower(value)) && slices.Contains(c.allowed, "never") {
		return "never"
	}
	return report.Nearest(value, c.allowed)
}

// register adds the flag. The shorthand may be empty.
func (c *choice) register(cmd *cobra.Command, name, shorthand, usage string) {
	cmd.Flags().VarP(c, name, shorthand, usage+": "+strings.Join(c.allowed, ", "))
}

func (c *choice) registerCloud(cmd *cobra.Command) {
	c.kind = "CLOUD"
	for _, cloud := range entra.Clouds() {
		c.allowed = append(c.allowed, cloud.ID)
	}
	c.register(cmd, "cloud", "", "the tenant's cloud")
}

// texts is a flag that may be repeated. Each value is taken as it is.
type texts []string

// String is empty: no flag of this sort has a default.
func (t *texts) String() string { return "" }

func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

// Type is the name that completions and help know such flags by.
func (t *texts) Type() string { return "stringArray" }

// checkedText is a flag whose value must not have a fault: no route would match such a request.
type checkedText struct {
	text  *string
	fault func(text string) string
}

func (c *checkedText) String() string { return *c.text }
func (c *checkedText) Type() string   { return "string" }

func (c *checkedText) Set(text string) error {
	*c.text = text
	if fault := c.fault(text); fault != "" && text != "" { // every empty flag is refused
		return problem(fault)
	}
	return nil
}

// tokenHelp says in the help of a command what its TOKEN may be.
const tokenHelp = "TOKEN is an argument, @FILE for a file, - or nothing for standard input (on " +
	"a terminal gatewhy asks for it and does\n" +
	"not show it). Paste it in any form: quotes, line breaks, \"Bearer x\", a header, a curl " +
	"command, a token\n" +
	"endpoint's answer, a HAR file."

// atFlag is --at: the instant at which the times of a token are judged.
type atFlag struct {
	text   string
	at     time.Time
	issued bool
}

func (f *atFlag) register(cmd *cobra.Command) {
	cmd.Flags().Var(f, "at",
		"evaluate times at this instant: RFC 3339, Unix seconds, or issued (one second after iat)")
}

func (f *atFlag) String() string { return f.text }

// Type names the value in help.
func (f *atFlag) Type() string { return "TIME" }

func (f *atFlag) Set(text string) error {
	f.text, f.issued = text, text == "issued"
	if f.issued {
		return nil
	}
	var err error
	f.at, err = environments.Instant(text)
	return err
}

// resolve returns the instant. Without the flag that is now.
func (f *atFlag) resolve(env *Env, token *inspect.Token) (time.Time, error) {
	switch {
	case f.text == "":
		return env.Now(), nil
	case !f.issued:
		return f.at, nil
	case token == nil:
		return time.Time{}, problem("--at issued: the request carries no token",
			"pass a time: --at 2026-05-06T10:00:00Z")
	}
	at, ok := token.JustIssued()
	if !ok {
		return time.Time{}, problem("--at issued: the token has no valid iat",
			"pass a time: --at 2026-05-06T10:00:00Z")
	}
	return at, nil
}

// observedFlags say what the real gateway answered.
type observedFlags struct {
	cmd     *cobra.Command
	status  httpStatus
	body    string
	headers []string
}

func (f *observedFlags) register(cmd *cobra.Command) {
	f.cmd = cmd
	flags := cmd.Flags()
	flags.Var(&f.status, "observed-status",
		"the `STATUS` that the real gateway answered, to compare")
	flags.StringVar(&f.body, "observed-body", "",
		"the `BODY` of the real gateway's answer (or @FILE)")
	flags.Var((*texts)(&f.headers), "observed-header",
		"a `HEADER` of the real gateway's answer, as \"name: value\"; @FILE has one a line; "+
			"repeatable")
}

// httpStatus is a flag with a status, in decimal: pflag's own numbers take 0401 for octal.
type httpStatus int

func (s *httpStatus) String() string { return strconv.Itoa(int(*s)) }

// Type names the value in help.
func (s *httpStatus) Type() string { return "int" }

func (s *httpStatus) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 599 {
		return problem("the value is not an HTTP status", "a number from 100 to 599, such as 401")
	}
	*s = httpStatus(n)
	return nil
}

// observation returns what was observed, or nil where no flag says anything.
func (f *observedFlags) observation(e *Env) (*rules.Observation, error) {
	changed := f.cmd.Flags().Changed
	if !changed("observed-status") && !changed("observed-body") && !changed("observed-header") {
		return nil, nil
	}
	headers, err := e.maker().ReadAnswerHeaders(f.headers)
	if err != nil {
		return nil, err
	}
	o := &rules.Observation{Status: int(f.status), Headers: headers}
	if !changed("observed-body") {
		return o, nil
	}
	o.Body = &f.body
	if name, isFile := strings.CutPrefix(f.body, "@"); isFile {
		body, err := e.maker().ReadText(name)
		if err != nil {
			return nil, err
		}
		o.Body = &body
	}
	if strings.HasPrefix(*o.Body, "HTTP/") {
		return nil, problem("--observed-body begins with a status line, so it has headers too",
			"pass the body alone: curl without -i; with -D FILE the headers are in a file")
	}
	return o, nil
}

// policyFlags name the policies and say how to read them.
type policyFlags struct {
	files []string
	readingFlags
}

func (f *policyFlags) register(cmd *cobra.Command, gateways report.Gateways) {
	flags := cmd.Flags()
	flags.VarP((*texts)(&f.files), "policy", "p",
		"policy `FILE`, repeatable, in the gateway's order; - for standard input")
	f.readingFlags.register(cmd, gateways, "the file")
	flags.StringVar(&f.runtime, "runtime", "",
		"the `VERSION` of the Mule runtime, if expressions depend on it")
}

// readingFlags say how policies are read.
type readingFlags struct {
	api     string
	kind    policyType
	variant choice
	runtime string // of Mule, or the version of another gateway
}

// register adds the flags. The file is what help calls each that is read.
func (f *readingFlags) register(cmd *cobra.Command, gateways report.Gateways, file string) {
	f.kind.gateways = gateways
	cmd.Flags().Var(&f.kind, "policy-type",
		"the policy's ASSET id, if the file has only its configuration")
	f.variant = choice{allowed: gateways.Variants(), kind: "GATEWAY"}
	f.variant.register(cmd, "gateway", "", "the gateway, if "+file+" does not say")
	flags := cmd.Flags()
	flags.StringVar(&f.api, "api", "",
		"the `NAME` of the API instance, if "+file+" has several")
	flags.StringVar(&f.api, "workload", "",
		"the `NAMESPACE/NAME` of the workload, or NAMESPACE/KEY=VALUE: the same as --api")
	flags.StringVar(&f.runtime, "gateway-version", "",
		"the `VERSION` of a gateway that is not Mule, if its behaviour depends on it")
}

func (f *readingFlags) options() rules.Options {
	return rules.Options{
		Variant: f.variant.value, API: f.api, Kind: f.kind.name, Runtime: f.runtime,
	}
}

// policyType is --policy-type: the policy kind of files that are bare configurations.
type policyType struct {
	name     string
	gateways report.Gateways
}

func (p *policyType) String() string { return p.name }

// Type names the value in help.
func (p *policyType) Type() string { return "ASSET" }

// Set takes an asset id that some gateway knows. Any other would compile to an unknown policy, in
// which nothing would be found.
func (p *policyType) Set(kind string) error {
	if p.gateways.Knows(kind) {
		p.name = kind
		return nil
	}
	known := p.gateways.Kinds()
	cause, hint := "unknown value", "one of: "+strings.Join(known, ", ")
	if len(kind) <= report.LongestWord {
		cause = fmt.Sprintf("unknown value %q", kind)
	}
	if near := report.Nearest(kind, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return problem(cause, hint,
		"gatewhy knows nothing about custom policies, so it can't say what is wrong in one")
}

func registerConnection(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.String("cacert", "", "trust the certificate authorities in this `FILE` (PEM) too")
	flags.String("cert", "", "the client certificate for hosts that you name: a `FILE` (PEM)")
	flags.String("key", "", "the private key of --cert: a `FILE` (PEM); left out, it is in the "+
		"file of --cert")
}

// otherAuthority is the hint where a certificate is not trusted.
const otherAuthority = "--cacert FILE trusts another certificate authority, such as a company's " +
	"own"

// connects makes the command's transport before it runs, as its flags say.
func (e *Env) connects(cmd *cobra.Command) {
	if cmd.Flags().Lookup("cacert") == nil {
		return
	}
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := e.connection(cmd)
		if err != nil {
			return err
		}
		e.transport = network.NewTransport(settings)
		if e.Connect != nil {
			e.transport = e.Connect(settings)
		}
		return run(cmd, args)
	}
}

func (e *Env) connection(cmd *cobra.Command) (network.Settings, error) {
	value := func(name string) string { return cmd.Flag(name).Value.String() }
	var settings network.Settings
	var err error
	if name := value("cacert"); name != "" {
		settings.Roots, err = e.authorities(name)
	}
	switch cert, key := value("cert"), value("key"); {
	case err != nil:
		return settings, err
	case cert != "":
		settings.Certificate, err = e.certificate(cert, key)
	case key != "":
		err = problem("--key is the key of a client certificate, and none was given",
			"pass the certificate as --cert FILE")
	}
	return settings, err
}

// authorities are the system's certificate authorities and those in a file.
func (e *Env) authorities(name string) (*x509.CertPool, error) {
	text, err := e.maker().ReadBytes(name)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a system without any, such as a bare container
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, problem("--cacert "+name+": no certificate in the file can be read",
			"certificates in PEM are wanted: -----BEGIN CERTIFICATE----- and the lines after it")
	}
	return roots, nil
}

func (e *Env) certificate(name, keyName string) (*tls.Certificate, error) {
	text, err := e.maker().ReadBytes(name)
	if err != nil {
		return nil, err
	}
	key := text
	if keyName != "" {
		if key, err = e.maker().ReadBytes(keyName); err != nil {
			return nil, err
		}
	}
	pair, err := tls.X509KeyPair(text, key)
	if err == nil {
		return &pair, nil
	}
	where, hints := "--cert "+name, []string{
		"a certificate and its private key in PEM are wanted, and the key without a password",
	}
	if keyName == "" {
		hints = append(hints, "a key in a file of its own is passed as --key FILE")
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return nil, problem(where+": "+strings.TrimPrefix(err.Error(), "tls: "), hints...)
}
