package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	meshconfig "istio.io/api/mesh/v1alpha1"
	security "istio.io/api/security/v1beta1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/config/memory"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/security/authn"
	"istio.io/istio/pilot/pkg/security/authz/builder"
	authzmodel "istio.io/istio/pilot/pkg/security/authz/model"
	"istio.io/istio/pilot/pkg/security/trustdomain"
	registry "istio.io/istio/pilot/pkg/serviceregistry/memory"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	"istio.io/istio/pkg/kube/krt"
	"istio.io/istio/pkg/util/protomarshal"
)

const (
	rootNamespace = "istio-system"
	gatewayLabel  = "gateway.networking.k8s.io/gateway-name"
)

// translation is what comes of one file.
type translation struct {
	Refused   []refusal  `json:"refused,omitempty"`
	Warnings  []refusal  `json:"warnings,omitempty"`
	Workloads []workload `json:"-"`
}

// refusal is why a resource does not get into a cluster, or what is odd about it.
type refusal struct {
	Resource string `json:"resource"`
	By       string `json:"by"`
	Why      string `json:"why"`
}

// workload is what the proxy of a workload gets. Refused resources count, as in a cluster that
// they got into without a webhook.
type workload struct {
	Name     string            `json:"workload"`
	Selected []string          `json:"selected,omitempty"`
	LeftOut  []leftOut         `json:"leftOut,omitempty"`
	JWT      json.RawMessage   `json:"jwtAuthn,omitempty"`
	RBAC     []json.RawMessage `json:"rbac,omitempty"`
}

// leftOut is a rule that is not translated, or not wholly.
type leftOut struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// server is Istio's and Kubernetes' part in taking a policy.
type server struct{ api *apiServer }

func newServer() (*server, error) {
	api, err := newAPIServer()
	return &server{api}, err
}

func (s *server) translate(path string) (*translation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	made := &translation{}
	var policies []config.Config
	waypoints := map[string]bool{}
	decoder := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if len(object.Object) == 0 {
			continue // a document of comments
		}
		if object.GetKind() == "Gateway" {
			class, _, _ := unstructured.NestedString(object.Object, "spec", "gatewayClassName")
			name := object.GetNamespace() + "/gateway:" + object.GetName()
			waypoints[name] = class == "istio-waypoint"
			continue
		}
		if object.GetKind() == "Deployment" {
			continue // its labels are those of the workload's name
		}
		if policy := s.take(object, made); policy != nil {
			policies = append(policies, *policy)
		}
	}
	store := memory.MakeSkipValidation(collections.Pilot)
	for _, policy := range policies {
		if _, err := store.Create(policy); err != nil {
			return nil, err
		}
	}
	push := pushOf(store)
	for _, name := range workloadsOf(string(text)) {
		made.Workloads = append(made.Workloads, translateFor(push, name, waypoints[name]))
	}
	return made, nil
}

// take lets the API server and Istio's webhook look at a resource. It is nil if it has no form that
// Istio could read.
func (s *server) take(object *unstructured.Unstructured, made *translation) *config.Config {
	name := fmt.Sprintf("%s %s/%s", object.GetKind(), object.GetNamespace(), object.GetName())
	refuse := func(by string, why ...string) {
		for _, one := range why {
			made.Refused = append(made.Refused, refusal{name, by, one})
		}
	}
	dropped, refused := s.api.admit(object)
	for _, field := range dropped {
		made.Warnings = append(made.Warnings,
			refusal{name, "the API server", "unknown field " + field})
	}
	refuse("the API server", refused...)
	kind := object.GroupVersionKind()
	schema, ok := collections.Pilot.FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&kind))
	if !ok {
		return nil
	}
	text, err := json.Marshal(object.Object)
	if err != nil {
		refuse("istiod", err.Error())
		return nil
	}
	var istioKind crd.IstioKind
	if err := json.Unmarshal(text, &istioKind); err != nil {
		refuse("istiod", err.Error())
		return nil
	}
	policy, err := crd.ConvertObject(schema, &istioKind, "")
	if err != nil {
		if len(refused) == 0 {
			refuse("istiod", err.Error())
		}
		return nil
	}
	warning, err := schema.ValidateConfig(*policy)
	for _, why := range reasons(warning) {
		made.Warnings = append(made.Warnings, refusal{name, "istiod", why})
	}
	refuse("istiod", reasons(err)...)
	withoutKeys(policy)
	return policy
}

// reasons are the errors in one, each once.
func reasons(err error) []string {
	if err == nil {
		return nil
	}
	all := []error{err}
	if several, ok := err.(interface{ WrappedErrors() []error }); ok {
		all = several.WrappedErrors()
	}
	var texts []string
	for _, one := range all {
		if text := one.Error(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// withoutKeys puts an empty key set into each JWT rule, so that none is fetched.
func withoutKeys(policy *config.Config) {
	spec, ok := policy.Spec.(*security.RequestAuthentication)
	if !ok {
		return
	}
	for _, rule := range spec.JwtRules {
		if rule != nil {
			rule.Jwks = `{"keys":[]}`
		}
	}
}

func pushOf(store *memory.Store) *model.PushContext {
	controller := memory.NewController(store)
	mesh := &meshconfig.MeshConfig{RootNamespace: rootNamespace}
	env := &model.Environment{
		ConfigStore: controller, Watcher: meshwatcher.NewTestWatcher(mesh),
		ServiceDiscovery: registry.NewServiceDiscovery(),
	}
	env.VirtualServiceController = model.NewVirtualServiceController(
		controller, model.VSControllerOptions{KrtDebugger: krt.GlobalDebugHandler}, env.Watcher)
	stop := make(chan struct{})
	defer close(stop)
	go controller.Run(stop)
	go env.VirtualServiceController.Run(stop)
	for !controller.HasSynced() || !env.VirtualServiceController.HasSynced() {
		time.Sleep(time.Millisecond)
	}
	env.Init()
	push := model.NewPushContext()
	push.InitContext(env, nil, nil)
	return push
}

// workloadsOf lists what the first lines of a file ask about.
func workloadsOf(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "# workload: ")
		if !ok {
			break
		}
		all = append(all, name)
	}
	return all
}

func proxyOf(name string, waypoint bool) *model.Proxy {
	namespace, rest, _ := strings.Cut(name, "/")
	labels, kind := map[string]string{}, model.SidecarProxy
	if gateway, ok := strings.CutPrefix(rest, "gateway:"); ok {
		labels[gatewayLabel], kind = gateway, model.Router
		if waypoint {
			kind = model.Waypoint
		}
	} else {
		for pair := range strings.SplitSeq(rest, ",") {
			if key, value, ok := strings.Cut(pair, "="); ok {
				labels[key] = value
			}
		}
	}
	return &model.Proxy{
		ID: "proxy", Type: kind, ConfigNamespace: namespace, Labels: labels,
		Metadata:     &model.NodeMetadata{Labels: labels, Namespace: namespace},
		IstioVersion: model.MaxIstioVersion,
	}
}

func translateFor(push *model.PushContext, name string, waypoint bool) workload {
	w := workload{Name: name}
	node := proxyOf(name, waypoint)
	matcher := model.PolicyMatcherForProxy(node).WithRootNamespace(rootNamespace)
	for _, policy := range push.AuthnPolicies.GetJwtPoliciesForWorkload(matcher) {
		w.Selected = append(w.Selected,
			"RequestAuthentication "+policy.Namespace+"/"+policy.Name)
	}
	if filter := authn.NewPolicyApplier(push, node, nil).JwtFilter(false); filter != nil {
		w.JWT = jsonOf(filter)
	}
	policies := push.AuthzPolicies.ListAuthorizationPolicies(matcher)
	w.add(policies.Custom, rbac.RBAC_DENY)
	w.add(policies.Audit, rbac.RBAC_LOG)
	w.add(policies.Deny, rbac.RBAC_DENY)
	w.add(policies.Allow, rbac.RBAC_ALLOW)
	slices.Sort(w.Selected)
	for _, custom := range []bool{true, false} {
		b := builder.New(trustdomain.NewBundle("cluster.local", nil), push, policies,
			builder.Option{IsCustomBuilder: custom})
		if b == nil {
			continue
		}
		for _, filter := range b.BuildHTTP() {
			w.RBAC = append(w.RBAC, jsonOf(filter))
		}
	}
	return w
}

// add notes the policies of an action, and which of their rules Istio leaves out. A condition
// that is left out of a rule that denies is one over which a rule that allows is left out.
func (w *workload) add(policies []model.AuthorizationPolicy, action rbac.RBAC_Action) {
	for _, p := range policies {
		w.Selected = append(w.Selected, "AuthorizationPolicy "+p.Namespace+"/"+p.Name)
		for i, rule := range p.Spec.Rules {
			name := fmt.Sprintf("ns[%s]-policy[%s]-rule[%d]", p.Namespace, p.Name, i)
			if rule == nil {
				w.LeftOut = append(w.LeftOut, leftOut{name, "the rule is null"})
				continue
			}
			m, err := authzmodel.New(p.NamespacedName(), rule)
			if err != nil {
				w.LeftOut = append(w.LeftOut, leftOut{name, err.Error()})
				continue
			}
			if _, err := m.Generate(false, true, rbac.RBAC_ALLOW); err != nil {
				why := err.Error()
				if action != rbac.RBAC_ALLOW {
					why = "a condition: " + why
				}
				w.LeftOut = append(w.LeftOut, leftOut{name, why})
			}
		}
	}
}

// jsonOf is a filter's configuration, without what is not compared.
func jsonOf(filter *hcm.HttpFilter) json.RawMessage {
	message, err := filter.GetTypedConfig().UnmarshalNew()
	if err != nil {
		panic(err) // Istio has just packed it
	}
	text, err := protomarshal.Marshal(message)
	if err != nil {
		panic(err)
	}
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	if providers, ok := value["providers"].(map[string]any); ok {
		for _, p := range providers {
			delete(p.(map[string]any), "localJwks")
		}
	}
	text, err = json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

// text is a translation as it is written: a line for what is refused, and one for each workload.
func (made *translation) text() []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	lines := []any{made}
	for _, w := range made.Workloads {
		lines = append(lines, w)
	}
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			panic(err) // it is texts and JSON
		}
	}
	return text.Bytes()
}
