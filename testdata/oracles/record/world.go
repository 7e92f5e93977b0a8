package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatewhy/gatewhy/testdata/mint"
	"github.com/gatewhy/gatewhy/testdata/oracles/tokens"
)

// The addresses that the configurations name.
const (
	gateway  = "127.0.0.1:44180"
	upstream = "127.0.0.1:44181"
)

// upstreamBody is what the upstream answers.
const upstreamBody = "upstream\n"

// loginHosts are the hosts of Entra ID that this world stands in for.
var loginHosts = []string{"login.microsoftonline.com", "sts.windows.net"}

// world is what a gateway needs around it: an upstream, and a proxy behind which there are hosts
// of the names of Entra ID's, with key sets and discovery documents of our own issuer. So a
// configuration names the addresses that one in use does, and nothing leaves the machine.
type world struct {
	issuer  *tokens.Issuer
	keys    []byte // the key set
	reached atomic.Bool
	client  http.Client
	folder  string // for this run's files
	proxy   net.Listener
	servers []*http.Server
}

func newWorld() (*world, error) {
	issuer, err := tokens.NewIssuer()
	if err != nil {
		return nil, err
	}
	w := &world{issuer: issuer}
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	w.client.Transport = &http.Transport{DialContext: dialLenient} // and no proxy
	if w.keys, err = issuer.KeySet(); err != nil {
		return nil, err
	}
	if w.folder, err = os.MkdirTemp("", "oracle"); err != nil {
		return nil, err
	}
	// A gateway may read the files as another user.
	err = errors.Join(
		os.Chmod(w.folder, 0o755), w.writeKey(), w.serveUpstream(), w.serveEntra())
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) close() {
	for _, server := range w.servers {
		server.Close()
	}
	if w.proxy != nil {
		w.proxy.Close()
	}
	os.RemoveAll(w.folder)
}

// environment is what a configuration's command finds: a folder for its own files, the issuer's
// RSA key as PEM, the certificate authority of the hosts, and the proxy to them.
func (w *world) environment() []string {
	return []string{
		"RUN=" + w.folder,
		"PUBLIC_KEY=" + filepath.Join(w.folder, "key.pem"),
		"SSL_CERT_FILE=" + filepath.Join(w.folder, "ca.pem"),
		"HTTPS_PROXY=http://" + w.proxy.Addr().String(),
		"https_proxy=http://" + w.proxy.Addr().String(),
		"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
	}
}

// writeKey writes the issuer's RSA key.
func (w *world) writeKey() error {
	der, err := x509.MarshalPKIXPublicKey(w.issuer.Key().Public())
	if err != nil {
		return err
	}
	return w.writePEM("key.pem", "PUBLIC KEY", der)
}

func (w *world) writePEM(name, kind string, der []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	return os.WriteFile(filepath.Join(w.folder, name), text, 0o644)
}

func (w *world) serveUpstream() error {
	listener, err := net.Listen("tcp", upstream)
	if err != nil {
		return err
	}
	w.serve(listener, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		w.reached.Store(true)
		rw.Header().Set("Content-Type", "text/plain")
		io.WriteString(rw, upstreamBody)
	}))
	return nil
}

func (w *world) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	w.servers = append(w.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print("record: ", err)
		}
	}()
}

// serveEntra serves the hosts over TLS, and the proxy through which they are found.
func (w *world) serveEntra() error {
	certificate, err := w.certificate()
	if err != nil {
		return err
	}
	hosts, err := tls.Listen("tcp", "127.0.0.1:0",
		&tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		return err
	}
	w.serve(hosts, http.HandlerFunc(w.entra))
	if w.proxy, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	go w.acceptProxied(hosts.Addr().String())
	return nil
}

// certificate makes the certificate of the hosts, and writes it as its own authority.
func (w *world) certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "local issuer"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    loginHosts,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		w.writePEM("ca.pem", "CERTIFICATE", der)
}

// entra answers as the login hosts do: with the tenant's key set and discovery documents.
func (w *world) entra(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "application/json")
	v2 := "/" + mint.Tenant + "/v2.0"
	issuer := ""
	switch path, _ := strings.CutSuffix(r.URL.Path, "/.well-known/openid-configuration"); path {
	case "/" + mint.Tenant + "/discovery/v2.0/keys", "/" + mint.Tenant + "/discovery/keys":
		rw.Write(w.keys)
		return
	case v2:
		issuer = mint.V2Issuer(mint.Tenant)
	case "/" + mint.Tenant:
		issuer = mint.V1Issuer(mint.Tenant)
	default:
		http.NotFound(rw, r)
		return
	}
	base := "https://" + loginHosts[0] + "/" + mint.Tenant
	json.NewEncoder(rw).Encode(map[string]any{
		"issuer":                                issuer,
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"userinfo_endpoint":                     "https://graph.microsoft.com/oidc/userinfo",
		"response_types_supported":              []string{"code", "id_token", "code id_token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

// acceptProxied takes CONNECT requests, and leads those for the hosts to where they are served.
func (w *world) acceptProxied(hosts string) {
	for {
		connection, err := w.proxy.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			defer connection.Close()
			if err := proxied(connection, hosts); err != nil {
				log.Print("record: proxy: ", err)
			}
		}()
	}
}

func proxied(client net.Conn, hosts string) error {
	reader := bufio.NewReader(client)
	request, err := http.ReadRequest(reader)
	if err != nil {
		return err
	}
	name, _, _ := net.SplitHostPort(request.Host)
	if request.Method != http.MethodConnect || name != loginHosts[0] && name != loginHosts[1] {
		_, err := io.WriteString(client, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
		return errors.Join(err, fmt.Errorf("%s %s is not served", request.Method, request.Host))
	}
	server, err := net.Dial("tcp", hosts)
	if err != nil {
		return err
	}
	defer server.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return err
	}
	go func() {
		io.Copy(server, reader)
		server.Close()
	}()
	_, err = io.Copy(client, server)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
