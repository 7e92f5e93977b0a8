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
	"github.com/gatewhy/gatewhy/inspect/source"
)

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
