package oauth2proxy

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// startedByCompose lists the instances that the services of a compose file are.
func (r *reader) startedByCompose(file *source.File, document *source.Value) []*entry {
	services := document.Member("services")
	if !services.Is(source.Object) {
		return nil
	}
	var all []*entry
	for i := range services.Members {
		m := &services.Members[i]
		if m.Value.Is(source.Object) && (runsProgram(m.Value) || r.startsInText(m.Value)) {
			of := pod{mounts: bindsOf(m.Value, document.Member("configs"))}
			all = append(all, r.service(file, m.Key, m.Value, of))
		}
	}
	return all
}

// startsInText reports whether the command of a service is one text that starts the program.
func (r *reader) startsInText(service *source.Value) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(service.TextAt("command")), " ")
	return isProgram(first)
}

func (r *reader) service(file *source.File, name string, service *source.Value, of pod) *entry {
	e := &entry{
		name: name, file: file, at: service, common: r.common, started: true, pod: of,
	}
	fields := []string{"entrypoint", "command"}
	if words := itemsOf(service, fields); isShell(words) {
		r.fromScript(e, file, words)
		fields = nil
	}
	for _, field := range fields {
		words, like := service.Member(field), given{file: file, object: service.Member(field)}
		all := source.Each(words.List(), interpolated)
		if words.Is(source.String) {
			inner, err := source.Embedded(file, words, source.Shell)
			if err != nil || len(inner.Documents) == 0 {
				e.open[byFlag] = field + " can't be read"
				continue
			}
			all = inner.Documents[0].Items
			like = given{
				file: inner, parent: file, holder: words, object: inner.Documents[0],
			}
		}
		r.fromArguments(e, behindProgram(all), like)
	}
	r.variables(e, file, service.Member("environment"))
	if files := service.Member("env_file"); files != nil {
		e.open[byVariable] = "the variables of its env_file are not known"
	}
	return e
}

// interpolated is a text as Compose reads it, where $NAME is the same as ${NAME}.
func interpolated(v *source.Value) *source.Value {
	if !v.Is(source.String) || !strings.Contains(v.Text, "$") {
		return v
	}
	of := *v
	variable := regexp.MustCompile(`\$\$|\$([A-Za-z_]\w*)`)
	of.Text = variable.ReplaceAllStringFunc(v.Text, func(found string) string {
		if found == "$$" {
			return found // which stands for a dollar sign
		}
		return "${" + found[1:] + "}"
	})
	return &of
}

// bindsOf lists what a service has of the host's files: host:container, the same as an object, or
// one of the file's configs.
func bindsOf(service, configs *source.Value) []mount {
	var all []mount
	add := func(host, at string) {
		all = append(all, mount{at: at, host: host, other: !strings.ContainsAny(host, "./")})
	}
	for _, item := range service.Member("volumes").List() {
		if host, rest, ok := strings.Cut(item.Text, ":"); ok {
			at, _, _ := strings.Cut(rest, ":")
			add(host, at)
		}
		if at, ok := item.Member("target").Str(); ok {
			add(item.TextAt("source"), at)
		}
	}
	for _, item := range service.Member("configs").List() {
		name, ok := item.Member("source").Str()
		if !ok {
			name = item.Text
		}
		at, ok := item.Member("target").Str()
		if !ok {
			at = "/" + name
		}
		add(configs.TextAt(name, "file"), at)
		all[len(all)-1].content = configs.At(name, "content")
	}
	return all
}

// variables takes the options of variables, which are a list or an object.
func (r *reader) variables(e *entry, file *source.File, variables *source.Value) {
	for _, item := range variables.List() {
		if item.Is(source.Object) { // as the values of a chart have them
			r.namedVariable(e, file, item)
			continue
		}
		item = interpolated(item)
		name, text, ok := strings.Cut(item.Text, "=")
		g := given{file: file}
		g.value, g.whole, g.before = behindEquals(file, item, text, true)
		if !ok {
			g.value = notShown(whereStarted, g.value)
		}
		r.fromVariable(e, name, g)
	}
	if variables.Is(source.Object) {
		for i := range variables.Members {
			m := &variables.Members[i]
			g := given{file: file, value: interpolated(m.Known()), object: variables}
			if m.Value.Is(source.Null) {
				g.value = notShown(whereStarted, m.Value)
			}
			r.fromVariable(e, m.Key, g)
		}
	}
}

// whereStarted is where a variable has its value that a compose file only names.
const whereStarted = "set where the service is started"

// startedByChart lists the instance that the values of the program's Helm chart are for: at the
// top, or under the chart's name where it is a part of another chart.
func (r *reader) startedByChart(file *source.File, document *source.Value) []*entry {
	if under := document.Member(programName); isChart(under) {
		return []*entry{r.chart(file, under)}
	}
	if isChart(document) {
		return []*entry{r.chart(file, document)}
	}
	return nil
}

func isChart(values *source.Value) bool {
	if !values.Is(source.Object) {
		return false
	}
	return values.At("config", "configFile").Is(source.String) ||
		values.At("config", "clientID") != nil ||
		values.Member("extraArgs") != nil && values.Member("config") != nil ||
		values.At("alphaConfig", "configData").Is(source.Object)
}

// chart reads the values of the chart: it writes its configuration file, and sets the client's id
// as a variable.
func (r *reader) chart(file *source.File, values *source.Value) *entry {
	e := &entry{name: programName, file: file, at: values, common: r.common, started: true}
	config := values.Member("config")
	args := values.Member("extraArgs")
	r.fromArguments(e, args.List(), given{file: file, object: args})
	if args.Is(source.Object) {
		r.chartArguments(e, file, args)
	}
	e.chartSecrets(values)
	r.variables(e, file, values.Member("extraEnv"))
	switch text := config.Member("configFile"); {
	case config.Member("existingConfig") != nil:
		e.open[byFile] = "the chart takes the configuration file from a ConfigMap"
	case text == nil: // the chart's own configuration file (values.yaml)
		e.give("email_domains", byFile, value("*", values), nil)
	default:
		if inner, _ := r.embedded(file, text); inner != nil {
			e.take(inner)
		} else {
			e.open[byFile] = "configFile can't be read"
		}
	}
	r.chartAlpha(e, values.Member("alphaConfig"))
	return e
}

// chartAlpha takes the options of the alpha configuration that the chart writes, where that is
// enabled (templates/_helpers.tpl).
func (r *reader) chartAlpha(e *entry, of *source.Value) {
	enabled := of.Member("enabled")
	on, known := enabled.Bool()
	if !enabled.IsSet() || known && !on {
		return
	}
	e.alpha = true
	data, text := of.Member("configData"), of.Member("configFile")
	inner, _ := r.embedded(e.file, text)
	switch {
	case !known:
		e.open[byAlpha] = "it is not known whether the chart's alphaConfig is enabled"
	case of.Member("existingConfig").IsSet() || of.Member("existingSecret").IsSet():
		e.open[byAlpha] = "the chart takes the alpha configuration from elsewhere"
	case data.Is(source.Object) && isAlpha(data):
		r.fromAlpha(e, data, given{file: e.file})
	case inner != nil:
		e.take(inner)
	default:
		e.open[byAlpha] = "the chart's alphaConfig can't be read"
	}
}

// chartArguments takes flags that are the members of an object. The chart writes a flag without a
// value where that is null, and a list as Go prints one (templates/deployment.yaml).
func (r *reader) chartArguments(e *entry, file *source.File, args *source.Value) {
	for i := range args.Members {
		m := &args.Members[i]
		o, ok := r.ofFlag[m.Key]
		if !ok {
			e.unknown = append(e.unknown, unknownName{
				layer: byFlag, name: "--" + m.Key, at: keyOf(m),
			})
			continue
		}
		v := m.Known()
		switch {
		case v.Is(source.Null) && o.kind == toggle:
			v = &source.Value{Kind: source.Bool, Text: "true", Pos: v.Pos, Span: v.Span}
		case v.Is(source.List):
			items := source.Each(v.Items, func(item *source.Value) string { return item.Text })
			v = value("["+strings.Join(items, " ")+"]", v)
		}
		e.given = append(e.given, given{
			option: o, layer: byFlag, value: v, file: file, object: args,
		})
	}
}

// give sets an option in the instance's own file, in an object or by what that makes of it.
func (e *entry) give(name string, l layer, v, object *source.Value) {
	e.given = append(e.given, given{
		option: e.named[name], layer: l, value: v, file: e.file, object: object,
	})
}

// chartSecrets takes the options that the chart sets to what a Secret or a ConfigMap of its own
// holds (templates/deployment.yaml).
func (e *entry) chartSecrets(values *source.Value) {
	own, config := notShown("the chart's own", values), values.Member("config")
	asked := values.Member("proxyVarsAsSecrets")
	if on, known := asked.Bool(); on || !known {
		id := config.Member("clientID")
		if id == nil || config.TextAt("existingSecret") != "" || asked.IsSet() && !known {
			id = notShown("taken from a Secret", cmp.Or(config, values))
		}
		e.give("client_id", byVariable, id, config)
		e.give("client_secret", byVariable, own, nil)
		e.give("cookie_secret", byVariable, own, nil)
	}
	for _, of := range [][2]string{
		{"authenticatedEmailsFile", "authenticated_emails_file"},
		{"htpasswdFile", "htpasswd_file"},
	} {
		on := values.At(of[0], "enabled")
		if is, known := on.Bool(); on != nil && (is || !known) {
			e.give(of[1], byFlag, own, nil)
		}
	}
}
