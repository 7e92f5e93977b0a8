// Package clusters makes up what kubectl answers for all resources of a large cluster, with the
// notes that the API server and the controllers leave in them: most of its bytes.
package clusters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object is a part of a resource. Its members are written in the order of their names, as the API
// server's answers are.
type object = map[string]any

// Write writes so many resources as one list, as `kubectl get -A -o yaml` or `-o json` does. The
// same seed gives the same resources.
func Write(to io.Writer, seed uint64, count int, asJSON bool) error {
	m := &maker{rand.New(rand.NewPCG(seed, 19))}
	items := make([]any, count)
	for i := range items {
		items[i] = m.resource(i)
	}
	list := object{
		"apiVersion": "v1", "items": items, "kind": "List",
		"metadata": object{"resourceVersion": ""},
	}
	if asJSON {
		encoder := json.NewEncoder(to)
		encoder.SetIndent("", "    ")
		return encoder.Encode(list)
	}
	encoder := yaml.NewEncoder(to)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	return encoder.Encode(list)
}

type maker struct{ *rand.Rand }

// resource is one of the kinds that a cluster has, about as often as it has them.
func (m *maker) resource(i int) object {
	name := fmt.Sprintf("%s-%d", m.word(), i)
	switch i {
	case 5:
		return m.proxy(name)
	case 6:
		return m.plain("gateway.mulesoft.com/v1alpha1", "PolicyBinding", name, object{
			"spec": object{
				"targetRef": object{"name": "orders"},
				"policyRef": object{"name": "jwt-validation-flex"},
				"config":    object{"jwksUrl": "https://example.com/keys"},
			},
		})
	case 7:
		return m.plain("gateway.networking.k8s.io/v1", "Gateway", name, object{
			"spec": object{"gatewayClassName": "istio-waypoint"},
		})
	}
	switch dice := m.IntN(100); {
	case dice < 38:
		return m.pod(name)
	case dice < 52:
		return m.workload("apps/v1", "ReplicaSet", name)
	case dice < 62:
		return m.workload("apps/v1", "Deployment", name)
	case dice < 66:
		return m.workload("batch/v1", "Job", name)
	case dice < 72:
		return m.configMap(name)
	case dice < 76:
		return m.plain("v1", "Secret", name, object{"data": object{"tls.key": m.noise(2200)}})
	case dice < 84:
		return m.plain("v1", "Service", name, object{"spec": object{
			"clusterIP": m.address(), "selector": m.labels(name), "ports": m.ports(),
		}})
	case dice < 90:
		return m.endpoints(name)
	case dice < 94:
		return m.plain("v1", "ServiceAccount", name, object{})
	case dice < 96:
		return m.plain("security.istio.io/v1", "RequestAuthentication", name, object{
			"spec": object{
				"selector": object{"matchLabels": object{"app": name}},
				"jwtRules": []any{object{
					"issuer":    "https://login.microsoftonline.com/" + m.id() + "/v2.0",
					"jwksUri":   "https://login.microsoftonline.com/common/discovery/v2.0/keys",
					"audiences": []any{m.id()},
				}},
			},
		})
	case dice < 98:
		return m.plain("security.istio.io/v1", "AuthorizationPolicy", name, object{
			"spec": object{
				"selector": object{"matchLabels": object{"app": name}},
				"rules": []any{object{
					"from": []any{object{"source": object{"requestPrincipals": []any{"*"}}}},
					"when": []any{object{
						"key": "request.auth.claims[azp]", "values": []any{m.id()},
					}},
				}},
			},
		})
	}
	return m.plain("example.com/v1alpha1", m.kind(), name, object{
		"spec": object{"schema": m.text(900), "template": object{"spec": m.podSpec(name)}},
	})
}

// plain is a resource with the notes that each has.
func (m *maker) plain(version, kind, name string, parts object) object {
	namespace := m.word()
	o := object{"apiVersion": version, "kind": kind}
	for part, value := range parts {
		o[part] = value
	}
	applied, _ := json.Marshal(o) // made of what JSON has
	o["metadata"] = object{
		"annotations": object{
			"kubectl.kubernetes.io/last-applied-configuration": string(applied) + "\n",

			"meta.helm.sh/release-name": name,
			"example.com/notes":         "first line\n  second: line\n- third\n",
		},
		"creationTimestamp": "2026-03-14T15:09:26Z", "generation": 7, "labels": m.labels(name),
		"managedFields": []any{m.managed("kubectl-client-side-apply"), m.managed("manager")},
		"name":          name, "namespace": namespace,
		"resourceVersion": fmt.Sprint(m.IntN(1e9)), "uid": m.id(),
	}
	return o
}

// managed says who has written which field.
func (m *maker) managed(by string) object {
	fields := object{}
	for range 4 + m.IntN(6) {
		inside := object{".": object{}}
		for range 3 + m.IntN(6) {
			inside["f:"+m.word()+m.word()] = object{}
		}
		inside[fmt.Sprintf(`k:{"type":%q}`, m.word())] = object{".": object{}, "f:type": object{}}
		fields["f:"+m.word()+m.word()] = inside
	}
	return object{
		"apiVersion": "v1", "fieldsType": "FieldsV1", "manager": by, "operation": "Update",
		"time": "2026-03-14T15:09:26Z", "fieldsV1": object{"f:spec": fields},
	}
}

func (m *maker) pod(name string) object {
	o := m.plain("v1", "Pod", name, object{"spec": m.podSpec(name)})
	if m.IntN(10) > 0 {
		o["metadata"].(object)["ownerReferences"] = []any{object{
			"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": name, "uid": m.id(),
			"controller": true, "blockOwnerDeletion": true,
		}}
	}
	var statuses []any
	for range 2 {
		statuses = append(statuses, object{
			"containerID": "containerd://" + m.noise(64), "image": m.image(), "ready": true,
			"imageID":      m.image() + "@sha256:" + m.noise(64),
			"restartCount": m.IntN(9), "lastState": object{}, "started": true,
			"state": object{"running": object{"startedAt": "2026-03-14T15:09:26Z"}},
		})
	}
	o["status"] = object{
		"conditions": m.conditions(), "containerStatuses": statuses, "hostIP": m.address(),
		"phase": "Running", "podIP": m.address(), "qosClass": "Burstable",
	}
	return o
}

func (m *maker) workload(version, kind, name string) object {
	o := m.plain(version, kind, name, object{"spec": object{
		"replicas": m.IntN(9), "selector": object{"matchLabels": object{"app": name}},
		"template": object{
			"metadata": object{"labels": m.labels(name), "creationTimestamp": nil},
			"spec":     m.podSpec(name),
		},
	}})
	o["status"] = object{
		"conditions": m.conditions(), "replicas": m.IntN(9), "observedGeneration": 7,
	}
	return o
}

// proxy is a workload that runs OAuth2 Proxy.
func (m *maker) proxy(name string) object {
	o := m.workload("apps/v1", "Deployment", name)
	spec := o["spec"].(object)["template"].(object)["spec"].(object)
	spec["containers"] = append(spec["containers"].([]any), object{
		"name": "proxy", "image": "quay.io/oauth2-proxy/oauth2-proxy:v7.6.0", "args": []any{
			"--skip-jwt-bearer-tokens=true", "--client-id=" + m.id(), "--email-domain=*",
			"--oidc-issuer-url=https://login.microsoftonline.com/" + m.id() + "/v2.0",
		},
	})
	return o
}

func (m *maker) conditions() []any {
	var all []any
	for _, kind := range []string{"Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		all = append(all, object{
			"lastProbeTime": nil, "lastTransitionTime": "2026-03-14T15:09:26Z",
			"status": "True", "type": kind, "message": "it's \"ready\": " + m.text(60),
		})
	}
	return all
}

func (m *maker) podSpec(name string) object {
	var containers []any
	for i := range 2 + m.IntN(2) {
		var env []any
		for range 3 + m.IntN(6) {
			env = append(env, object{
				"name": strings.ToUpper(m.word() + "_" + m.word()), "value": m.text(20),
			})
		}
		containers = append(containers, object{
			"name": fmt.Sprint(name, "-", i), "image": m.image(), "env": env,
			"args":  []any{"--listen=0.0.0.0:8080", "--upstream", "[::1]:" + fmt.Sprint(8000+i)},
			"ports": m.ports(), "imagePullPolicy": "IfNotPresent",
			"livenessProbe": object{
				"httpGet":          object{"path": "/healthz", "port": 8080, "scheme": "HTTP"},
				"failureThreshold": 3, "periodSeconds": 10, "timeoutSeconds": 1,
			},
			"resources": object{
				"limits":   object{"cpu": "1", "memory": "512Mi"},
				"requests": object{"cpu": "100m", "memory": "128Mi"},
			},
			"volumeMounts": []any{object{
				"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
				"name":      "kube-api-access-" + m.noise(5), "readOnly": true,
			}},
		})
	}
	return object{
		"containers": containers, "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
		"nodeName": m.word(), "serviceAccountName": name, "securityContext": object{},
		"tolerations": []any{object{
			"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists",
			"tolerationSeconds": 300,
		}},
	}
}

func (m *maker) configMap(name string) object {
	return m.plain("v1", "ConfigMap", name, object{"data": object{
		"application.yaml": "server:\n  port: 8080\n" + m.lines(40),
		"ca.crt": "-----BEGIN CERTIFICATE-----\n" + m.noise(1200) +
			"\n-----END CERTIFICATE-----\n",
	}})
}

func (m *maker) endpoints(name string) object {
	var addresses []any
	for range 8 {
		addresses = append(addresses, object{
			"addresses": []any{m.address()}, "nodeName": m.word(),
			"targetRef": object{"kind": "Pod", "name": name, "uid": m.id()},
		})
	}
	return m.plain("discovery.k8s.io/v1", "EndpointSlice", name, object{"endpoints": addresses})
}

func (m *maker) labels(name string) object {
	return object{
		"app": name, "app.kubernetes.io/managed-by": "Helm", "version": "v1",
		"pod-template-hash": m.noise(9),
	}
}

func (m *maker) ports() []any {
	return []any{object{"containerPort": 8080, "name": "http", "protocol": "TCP"}}
}

func (m *maker) kind() string { return []string{"Widget", "Backup", "Certificate"}[m.IntN(3)] }

func (m *maker) image() string {
	return "registry.example.com/" + m.word() + "/" + m.word() + ":v1"
}

func (m *maker) address() string {
	return fmt.Sprintf("10.%d.%d.%d", m.IntN(256), m.IntN(256), m.IntN(256))
}

func (m *maker) id() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(m.IntN(256))
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (m *maker) word() string { return words[m.IntN(len(words))] }

var words = strings.Fields("orders billing ledger gateway search catalog payment invoice " +
	"customer stock report audit identity worker cache queue metrics logs edge proxy")

// text is prose of about so many characters.
func (m *maker) text(length int) string {
	var b strings.Builder
	for b.Len() < length {
		b.WriteString(m.word() + " ")
	}
	return strings.TrimSpace(b.String())
}

func (m *maker) lines(count int) string {
	var b bytes.Buffer
	for range count {
		fmt.Fprintf(&b, "%s.%s: %q\n", m.word(), m.word(), m.text(20))
	}
	return b.String()
}

// noise is random letters and digits.
func (m *maker) noise(length int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	text := make([]byte, length)
	for i := range text {
		text[i] = letters[m.IntN(len(letters))]
	}
	return string(text)
}
