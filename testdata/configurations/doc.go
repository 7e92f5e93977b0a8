// Package configurations makes random configurations of Istio, Envoy Gateway and oauth2-proxy, and
// writes each down in several forms that say the same.
package configurations
