package cmd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/inspect/network"
)

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
