package oauth2proxy

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// proxy is a Deployment of the namespace uat whose configuration file is mounted from a volume.
func proxy(volume string) string {
	return `kind: Deployment
metadata: {name: proxy, namespace: uat}
spec:
  template:
    spec:
      containers:
        - image: quay.io/oauth2-proxy/oauth2-proxy:v7.15.6
          args: [--config=/etc/proxy/proxy.cfg]
          volumeMounts: [{name: conf, mountPath: /etc/proxy}]
      volumes:
        - name: conf
` + indented(volume, "          ")
}

// configMap holds the basic configuration, for another app where it is not ours.
func configMap(name, namespace, key string, ours bool) string {
	text := basic
	if !ours {
		text = strings.ReplaceAll(basic, app, "11111111-1111-1111-1111-111111111111")
	}
	return "---\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: " + namespace +
		"}\ndata:\n  " + key + ": |\n" + indented(text, "    ")
}

func TestAPathIsWhatTheInstanceHasMountedThere(t *testing.T) {
	t.Parallel()
	const ours, others = true, false
	conf := "configMap: {name: conf}"
	service := "services:\n  proxy:\n    image: oauth2-proxy\n" +
		"    command: --config=/etc/proxy.cfg\n"
	compose := service + "    volumes: [\"./uat/proxy.cfg:/etc/proxy.cfg\"]\n"
	inline := func(text string) string {
		return service + "    configs: [{source: c, target: /etc/proxy.cfg}]\n" +
			"configs:\n  c:\n    content: |\n" + indented(text, "      ")
	}
	other := strings.ReplaceAll(basic, app, "11111111-1111-1111-1111-111111111111")
	unread := open("token-present")
	for name, of := range map[string]struct {
		files []string
		want  decided
	}{
		"a ConfigMap of this name in another namespace is another": {
			[]string{"a.yaml", proxy(conf) + configMap("conf", "dev", "proxy.cfg", others) +
				configMap("conf", "uat", "proxy.cfg", ours)},
			accepted(),
		},
		"without a namespace it is in that of the command": {
			[]string{"a.yaml", proxy(conf) + configMap("conf", "", "proxy.cfg", ours)}, accepted(),
		},
		"another ConfigMap with the same key is not it": {
			[]string{"a.yaml", proxy(conf) + configMap("dev", "uat", "proxy.cfg", others)}, unread,
		},
		"of two that are called alike neither is it": {
			[]string{"a.yaml", proxy(conf) + configMap("conf", "uat", "proxy.cfg", others) +
				configMap("conf", "uat", "proxy.cfg", ours)},
			unread,
		},
		"of two folders it is in that of the instance": {
			[]string{
				"dev/conf.yaml", configMap("conf", "", "proxy.cfg", others),
				"uat/conf.yaml", configMap("conf", "", "proxy.cfg", ours),
				"uat/proxy.yaml", proxy(conf),
			},
			accepted(),
		},
		"a key is mounted at another path": {
			[]string{"a.yaml", proxy("configMap:\n  name: conf\n  items: "+
				"[{key: uat, path: proxy.cfg}]") + configMap("conf", "uat", "uat", ours)},
			accepted(),
		},
		"a key that is not mounted is not there": {
			[]string{"a.yaml", proxy("configMap:\n  name: conf\n  items: "+
				"[{key: uat, path: other.cfg}]") + configMap("conf", "uat", "proxy.cfg", others)},
			unread,
		},
		"one key is mounted as a file": {
			[]string{"a.yaml", strings.NewReplacer(
				"mountPath: /etc/proxy}", "mountPath: /etc/proxy/proxy.cfg, subPath: uat}",
			).Replace(proxy(conf)) + configMap("conf", "uat", "uat", ours)},
			accepted(),
		},
		"several objects are mounted as one folder": {
			[]string{"a.yaml", proxy("projected: {sources: [{secret: {name: s}}, "+
				"{configMap: {name: conf}}]}") + configMap("conf", "uat", "proxy.cfg", ours)},
			accepted(),
		},
		"a Secret is no ConfigMap": {
			[]string{"a.yaml", proxy("secret: {secretName: conf}") +
				configMap("conf", "uat", "proxy.cfg", others)},
			unread,
		},
		"a file is what the ConfigMap is made of": {
			[]string{"a.yaml", proxy(conf), "proxy.cfg", basic}, accepted(),
		},
		"of a volume that no file shows, the only one that is called so": {
			[]string{"a.yaml", proxy("emptyDir: {}") +
				configMap("conf", "uat", "proxy.cfg", ours)},
			accepted(),
		},
		"of a volume that no file shows, none of two": {
			[]string{"a.yaml", proxy("emptyDir: {}") +
				configMap("dev", "uat", "proxy.cfg", others) +
				configMap("conf", "uat", "proxy.cfg", ours)},
			unread,
		},
		"a service reads the host's file": {
			[]string{"compose.yaml", compose, "uat/proxy.cfg", basic, "dev/proxy.cfg", other},
			accepted(),
		},
		"a service reads the host's file, written as an object": {
			[]string{
				"compose.yaml", strings.Replace(compose, "\"./uat/proxy.cfg:/etc/proxy.cfg\"",
					"{type: bind, source: ./uat/proxy.cfg, target: /etc/proxy.cfg}", 1),
				"uat/proxy.cfg", basic, "dev/proxy.cfg", other,
			},
			accepted(),
		},
		"a service reads a config of the file where it is mounted": {
			[]string{
				"compose.yaml", service + "    configs: [{source: c, target: /etc/proxy.cfg}]\n" +
					"configs: {c: {file: ./uat/proxy.cfg}}\n",
				"uat/proxy.cfg", basic, "dev/proxy.cfg", other,
			},
			accepted(),
		},
		"a config without a path is at the top": {
			[]string{
				"compose.yaml", strings.Replace(service, "/etc/", "/", 1) +
					"    configs: [proxy.cfg]\nconfigs: {proxy.cfg: {file: ./uat/proxy.cfg}}\n",
				"uat/proxy.cfg", basic, "dev/proxy.cfg", other,
			},
			accepted(),
		},
		"a service reads a config whose text is in the file": {
			[]string{"compose.yaml", inline(basic), "proxy.cfg", other}, accepted(),
		},
		"of a text with a variable nothing is known": {
			[]string{"compose.yaml", inline(basic + "allowed_groups = [\"$G\"]\n")}, unread,
		},
		"nor of one that is no configuration": {
			[]string{"compose.yaml", inline("[[[\n")}, unread,
		},
		"a service reads no other file of the name within the container": {
			[]string{
				"compose.yaml", strings.ReplaceAll(compose, "uat/proxy", "uat/conf"),
				"dev/proxy.cfg", other,
			},
			unread,
		},
	} {
		c, err := newCommon().read(requests.Files(t, of.files...), rules.Options{API: "proxy"})
		if err != nil {
			t.Fatal(err)
		}
		if got := short(rules.Evaluate(compile(c).Policies, requestOf(""))); got != of.want {
			t.Errorf("%s: %v instead of %v", name, got, of.want)
		}
	}
}

func TestVariablesAreThoseOfTheObjectThatIsNamed(t *testing.T) {
	t.Parallel()
	holding := func(kind, namespace, field, id string) string {
		return "---\nkind: " + kind + "\nmetadata: {name: conf, namespace: " + namespace +
			"}\n" + field + ": {OAUTH2_PROXY_CLIENT_ID: " + id + "}\n"
	}
	const foreign = "11111111-1111-1111-1111-111111111111"
	named := strings.Replace(deployment, "name: orders-proxy",
		"name: orders-proxy\n  namespace: uat", 1)
	named, _, _ = strings.Cut(named, "          env:\n")
	named = strings.Replace(named, "            - --client-id=$(OAUTH2_PROXY_CLIENT_ID)\n", "", 1)
	all := "          envFrom: [{configMapRef: {name: conf}}]\n"
	one := "          env: [{name: OAUTH2_PROXY_CLIENT_ID, valueFrom: " +
		"{configMapKeyRef: {name: conf, key: OAUTH2_PROXY_CLIENT_ID}}}]\n"
	ours := holding("ConfigMap", "uat", "data", app)
	for name, of := range map[string]struct {
		text string
		want decided
	}{
		"another namespace's are not ours": {
			named + all + holding("ConfigMap", "dev", "data", foreign) + ours, accepted(),
		},
		"those of another namespace alone tell nothing": {
			named + all + holding("ConfigMap", "dev", "data", foreign), open("audience"),
		},
		"a Secret's are not a ConfigMap's": {
			named + all + holding("Secret", "uat", "stringData", foreign) + ours, accepted(),
		},
		"with a prefix they are others, wherever it is written": {
			named + "          envFrom: [{prefix: X_, configMapRef: {name: conf}}]\n" + ours,
			open("audience"),
		},
		"env counts more than what envFrom has": {
			named + all + "          env: [{name: OAUTH2_PROXY_CLIENT_ID, value: " + app + "}]\n" +
				holding("ConfigMap", "uat", "data", foreign), accepted(),
		},
		"an empty variable of env counts more too": {
			named + all + "          env: [{name: OAUTH2_PROXY_CLIENT_ID, value: \"\"}]\n" + ours,
			open("token-present"),
		},
		"a source of envFrom that is not shown may replace what is before it": {
			named + "          envFrom: [{configMapRef: {name: conf}}, {secretRef: {name: s}}]\n" +
				ours, open("audience"),
		},
		"what the last source of envFrom has counts": {
			named + strings.Replace(all, "[", "[{configMapRef: {name: it}}, ", 1) +
				strings.Replace(holding("ConfigMap", "uat", "data", foreign), "conf", "it", 1) +
				ours, accepted(),
		},
		"a variable with small letters is none": {
			named + "          env: [{name: OAUTH2_PROXY_client_id, value: " + app + "}]\n",
			open("token-present"),
		},
		"one is taken from a key":                   {named + one + ours, accepted()},
		"one is taken from a key that is not there": {named + one, open("audience")},
	} {
		policies := policiesOf(t, "a.yaml", of.text)
		policies = slices.DeleteFunc(policies, func(p *rules.Policy) bool {
			return p.API != "orders-proxy"
		})
		if got := short(rules.Evaluate(policies, requestOf(""))); got != of.want {
			t.Errorf("%s: %v instead of %v", name, got, of.want)
		}
	}
}

func TestFilesBelongTogetherWhereOneNamesTheOther(t *testing.T) {
	t.Parallel()
	files := requests.Files(
		t,
		"dev/proxy.yaml", proxy("configMap: {name: conf}"),
		"uat/proxy.yaml", proxy("configMap: {name: conf}"),
		"uat/conf.yaml", configMap("conf", "", "proxy.cfg", true),
		"dev/conf.yaml", configMap("conf", "", "proxy.cfg", true),
		"a/proxy.cfg", core, "b/proxy.cfg", core, "b/alpha.yaml", alphaConfig,
		"other.yaml", "kind: ConfigMap\n",
	)
	var got []string
	for _, group := range newCommon().together(files) {
		var names []string
		for _, file := range group {
			names = append(names, file.Name)
		}
		got = append(got, strings.Join(names, " "))
	}
	want := []string{
		"dev/proxy.yaml dev/conf.yaml", "uat/proxy.yaml uat/conf.yaml", "a/proxy.cfg",
		"b/proxy.cfg b/alpha.yaml",
	}
	if !slices.Equal(got, want) {
		t.Errorf("together are %q instead of %q", got, want)
	}
}

func TestARequestIsToOneOfSeveralInstances(t *testing.T) {
	t.Parallel()
	names := func(api string, namesAndTexts ...string) (all []string) {
		c, err := newCommon().read(
			requests.Files(t, namesAndTexts...), rules.Options{API: api},
		)
		if err != nil {
			return []string{err.Error()}
		}
		for _, p := range compile(c).Policies {
			all = append(all, p.API)
		}
		return all
	}
	command := "oauth2-proxy --client-id=a\noauth2-proxy --client-id=b\n"
	pod := strings.Replace(proxy("emptyDir: {}"), "name: proxy,",
		"name: proxy-1, ownerReferences: [{kind: Deployment, name: proxy}],", 1)
	for _, of := range []struct {
		what string
		got  []string
		want []string
	}{
		{"one without a name", names("", "a.cfg", basic), []string{""}},
		{"two files", names("", "a.cfg", basic, "b.cfg", basic), []string{"a.cfg", "b.cfg"}},
		{"one of two files", names("b.cfg", "a.cfg", basic, "b.cfg", basic), []string{"b.cfg"}},
		{"two in a file", names("", "a.sh", command), []string{"a.sh:1:1", "a.sh:2:1"}},
		{
			"what a Deployment has made", names("", "a.yaml", proxy("emptyDir: {}")+"---\n"+pod),
			[]string{"proxy"},
		},
		{
			"what is not there", names("c", "a.cfg", basic, "b.cfg", basic),
			[]string{"a.cfg: no instance of OAuth2 Proxy is called c"},
		},
	} {
		if !slices.Equal(of.got, of.want) {
			t.Errorf("%s: %q instead of %q", of.what, of.got, of.want)
		}
	}
}
