package report

import (
	"bytes"
	"cmp"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The kinds of files, in words.
const (
	aPolicy           = "a policy"
	aKeySet           = "a key set"
	anAppRegistration = "an app registration"
	aContracts        = "a list of contracts"
	aToken            = "a token"
	anEnvironments    = "an environments file"
	aHAR              = "a HAR file"
)

// kindOf says what a file is that is not a policy; empty where that is not known.
func kindOf(file *source.File) string {
	if len(file.Documents) != 1 {
		return ""
	}
	top := file.Documents[0]
	if top.Member("keys").Is(source.List) {
		return aKeySet
	}
	if top.Member("environments").Is(source.Object) {
		return anEnvironments
	}
	if top.Member("log").Member("entries").Is(source.List) {
		return aHAR
	}
	for _, answer := range []*source.Value{top, top.Member("value")} {
		if answer.Member("contracts").Is(source.List) {
			return aContracts
		}
	}
	if _, err := entra.ReadRegistrations(file); err == nil {
		return anAppRegistration
	}
	return ""
}

func (r *estateReader) textOf(texts []entra.Text, name string) entra.Text {
	for _, t := range texts {
		found, err := r.find(t)
		if err == nil && slices.ContainsFunc(found, func(f Found) bool { return f.Name == name }) {
			return t
		}
	}
	return texts[0]
}

// blame says what is wrong where the file is named, if it is of another kind than is wanted; an
// error in the file itself has its place there.
func (r *estateReader) blame(err error, texts []entra.Text, name string, wanted string) error {
	if err == nil {
		return nil
	}
	is := r.maker.KindOf(name)
	if is == "" || is == wanted {
		return err
	}
	belongs := map[string]string{
		aPolicy: "policies belong under policies:",
		anAppRegistration: "the API's app registration belongs under api:, those of its clients " +
			"under clients:",
		aKeySet:        "the key set is named by jwks:, beside environments:",
		anEnvironments: "its environments can be written into this file",
		aToken:         "captured tokens belong under tokens:",
		aContracts:     "lists of contracts belong under contracts:",
	}[is]
	return ProblemAt(r.textOf(texts, name).Pos,
		name+" is "+is+", and "+wanted+" is expected here", belongs)
}

// KindOf says in words what a file is: "a policy", "a key set", "an app registration", "an
// environments file", "a token" or "a list of contracts"; empty where that is not known.
func (m *Maker) KindOf(name string) string {
	text, err := m.ReadBytes(name)
	if err != nil {
		return ""
	}
	file, err := source.Read(name, text)
	if err == nil {
		if _, ok := m.Gateways.of(file, rules.Options{}); ok {
			return aPolicy
		}
		if kind := kindOf(file); kind != "" {
			return kind
		}
	}
	if _, err := inspect.Locate(string(text)); err == nil {
		return aToken
	}
	if _, err := m.readContracts(name); err == nil {
		return aContracts
	}
	return ""
}

// notAToken says where a file without a token is named.
func (r *estateReader) notAToken(err error, texts []entra.Text, name string) error {
	blamed := r.blame(err, texts, name, aToken)
	ours := AsError(blamed)
	if ours.Pos.File != "" {
		return blamed
	}
	return &source.Error{
		Pos: r.textOf(texts, name).Pos, Cause: name + ": " + ours.Cause, Hints: ours.Hints,
	}
}

// blameOne is blame for an error about one of several files: the first of another kind is meant.
func (r *estateReader) blameOne(
	err error, texts []entra.Text, names []string, wanted string,
) error {
	for _, name := range names {
		if blamed := r.blame(err, texts, name, wanted); blamed != err {
			return blamed
		}
	}
	return err
}

// mistaken says what a file without a policy is, if that is known, and which flag takes it; else
// it returns the error as it is.
func mistaken(file *source.File, err error) error {
	kind := kindOf(file)
	hints := []string{"pass it as " + passedAs(kind, file.Name)}
	if other := otherKindOf(file.Text); kind == "" && other != nil {
		kind, hints = other.is, other.hints
	}
	if kind == "" && isChartValues(file) {
		kind = "a file with the values of a Helm chart"
		hints = []string{"pass what Helm prints with them: " +
			"helm template CHART --values FILE > policies.yaml"}
	}
	if kind == "" {
		return err
	}
	return ProblemAt(source.Position{File: file.Name}, "no policy in this file: it is "+kind,
		hints...)
}

// passedAs is the flag that takes a file of a kind, and where; empty where none does.
func passedAs(kind, name string) string {
	switch kind {
	case aPolicy:
		return "-p " + name + ", to explain, scan or test"
	case aKeySet:
		return "--jwks " + name + ", to explain, verify or scan"
	case anEnvironments:
		return "-c " + name + " --env NAME, to explain or scan; as -c " + name + ", to matrix"
	case anAppRegistration:
		return "--app " + name + ", beside a policy"
	case aContracts:
		return "--contracts " + name + ", beside a policy"
	case aHAR:
		return "@" + name + ", for its first token, to explain; as " + name + ", to scan"
	}
	return ""
}

// OrMistaken says of a file that could not be read as what was wanted which other kind it is, and
// which flag takes it; else it returns the error as it is.
func (m *Maker) OrMistaken(err error, name, wanted string) error {
	if err == nil || AsError(err).Limit { // what is too large is not read once more
		return err
	}
	is := m.KindOf(name)
	as := passedAs(is, name)
	if as == "" || is == wanted {
		return err
	}
	return ProblemAt(source.Position{File: name},
		"this is "+is+", and "+wanted+" is expected here", "pass it as "+as)
}

// otherFile is a kind of file that people take for a policy, or that belongs to a gateway that no
// adapter knows.
type otherFile struct {
	is    string   // "a configuration of Kong"
	marks []string // such a file has one of these texts
	hints []string
}

// otherFiles lists the kinds, the most telling first. The words are those that only such a file
// has, so that a mention of a product in a comment does not make a file one of its own.
func otherFiles() []otherFile {
	known := []string{
		"which gateways it knows: gatewhy gateways",
		"whether the token itself is valid: gatewhy verify @FILE",
	}
	unknown := func(product string, marks ...string) otherFile {
		is := "a configuration of " + product + ", which gatewhy does not know"
		return otherFile{is, marks, known}
	}
	return []otherFile{
		{
			"a private key",
			[]string{"PRIVATE KEY-----"},
			[]string{"it is a secret: name the file with the policy"},
		},
		{
			"a certificate or a public key",
			[]string{"-----BEGIN "},
			[]string{"name the file with the policy"},
		},
		{
			"a Kustomization, which only names the resources",
			[]string{"kustomize.config.k8s.io/"},
			[]string{"pass what kubectl prints for it: kubectl kustomize FOLDER > policies.yaml"},
		},
		{
			"an Ingress, which asks another program about each request",
			[]string{"ingress.kubernetes.io/auth-url"},
			[]string{"that program decides: pass the configuration of the one behind auth-url"},
		},
		{
			"a collection of requests, not of policies",
			[]string{"schema.getpostman.com/", "_postman_id"},
			[]string{"a token in it is passed beside the policy: @FILE"},
		},
		unknown("Azure API Management",
			"<validate-jwt", "<validate-azure-ad-token", "Microsoft.ApiManagement/"),
		unknown("Amazon API Gateway", "x-amazon-apigateway-", "AWS::ApiGateway",
			"aws_apigatewayv2_", "aws_api_gateway_"),
		unknown("Apigee", "<VerifyJWT", "apigee.google.com/"),
		unknown("Kong", "_format_version", "konghq.com/"),
		unknown("Tyk", "jwt_signing_method", "x-tyk-api-gateway", "tyk.tyk.io/"),
		unknown("KrakenD", "auth/validator"),
		unknown("Apache APISIX", "apisix.apache.org/"),
		unknown("Traefik", "traefik.io/", "traefik.containo.us/"),
		unknown("Emissary-ingress", "getambassador.io/"),
		unknown("NGINX", "proxy_pass ", "auth_jwt "),
		unknown("Spring Security", "oauth2.resourceserver.", "resourceserver:"),
		{
			"a configuration of Envoy itself",
			[]string{"envoy.filters.http.jwt_authn"},
			[]string{"pass the policies behind it, such as Istio's or Envoy Gateway's"},
		},
	}
}

// otherKindOf is what a text is that is not a policy, if that is known.
func otherKindOf(text []byte) *otherFile {
	for _, other := range otherFiles() {
		has := func(mark string) bool { return bytes.Contains(text, []byte(mark)) }
		if slices.ContainsFunc(other.marks, has) {
			return &other
		}
	}
	return shownOnScreen(text)
}

// shownOnScreen is what a text is that was written for people to read, and that nothing reads
// back: a table, a description or a log. It is nil where it may be a configuration.
func shownOnScreen(text []byte) *otherFile {
	first := firstLine(text)
	switch described := describedResource(text); {
	case described != "":
		return &otherFile{
			is:    "what kubectl describe prints, which does not have all fields",
			hints: []string{"pass what this prints: " + described},
		}
	case strings.HasPrefix(first, "NAME") && strings.HasSuffix(first, "AGE"):
		return &otherFile{
			is:    "the table that kubectl get prints, which does not have the fields",
			hints: []string{"pass what it prints with -o yaml behind it"},
		}
	case inspect.IsLog(first):
		return &otherFile{
			is: "a log, not a configuration",
			hints: []string{"what a gateway wrote to it about a request is passed as " +
				Flag(source.Need{Input: source.NeedObservedBody}) + ", to explain"},
		}
	}
	return nil
}

// firstLine is the first line of a text that has more than blanks.
func firstLine(text []byte) string {
	begins := strings.TrimLeft(string(text[:min(len(text), 400)]), " \t\r\n\ufeff")
	first, _, _ := strings.Cut(begins, "\n")
	return strings.TrimSpace(first)
}

// isSentence reports whether a line has words, and no sign that configurations are made of.
func isSentence(line string) bool {
	return strings.Contains(line, " ") && line[0] != '-' &&
		!strings.ContainsAny(line, `:={}[]<>"#%@|&*\`)
}

// describedResource is the command that gets the resource that kubectl describe has shown; empty
// where a text is none of its.
func describedResource(text []byte) string {
	if !bytes.Contains(text, []byte("\nAPI Version:")) {
		return ""
	}
	value := func(name string) string {
		line := regexp.MustCompile(`(?m)^` + name + `:[ \t]+([\w.-]+)[ \t\r]*$`)
		if found := line.FindSubmatch(text); found != nil {
			return string(found[1])
		}
		return ""
	}
	kind, name := cmp.Or(value("Kind"), "KIND"), cmp.Or(value("Name"), "NAME")
	command := "kubectl get " + kind + " " + name
	if namespace := value("Namespace"); namespace != "" {
		command += " -n " + namespace
	}
	return command + " -o yaml > policies.yaml"
}

// isChartValues reports whether a file has the values of a Helm chart, by its name: what they mean
// is known to their chart alone.
func isChartValues(file *source.File) bool {
	name := strings.ToLower(path.Base(filepath.ToSlash(file.Name)))
	return file.Format == source.YAML && strings.HasPrefix(name, "values") &&
		!slices.ContainsFunc(file.Documents, func(v *source.Value) bool {
			return v.Member("kind") != nil
		})
}

// orOther says of a text that can't be read what it is, if that is known; else it returns the
// error as it is. A text that may hold a policy is broken, not something else.
func (g Gateways) orOther(name string, text []byte, err error) error {
	if err == nil || g.lookLikePolicy(text) {
		return err
	}
	other := otherKindOf(text)
	if other == nil && isSentence(firstLine(text)) {
		other = &otherFile{
			is:    "text that was written for people to read, not a configuration",
			hints: []string{"which commands fetch what a gateway reads: gatewhy collect"},
		}
	}
	if other == nil {
		return err
	}
	return ProblemAt(source.Position{File: name}, "this is "+other.is, other.hints...)
}
