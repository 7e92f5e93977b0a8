// Floor is the least that a program like gatewhy costs: it links cobra, go-jose, color and
// net/http, decodes a token, and verifies it where it is told a key set's address.
//
// usage: floor TOKEN [--jwks URL]
package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/fatih/color"
	"github.com/go-jose/go-jose/v4"
	"github.com/spf13/cobra"
)

func main() {
	var address string
	cmd := &cobra.Command{
		Use: "floor TOKEN", Args: cobra.ExactArgs(1), SilenceUsage: true,
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := tokenOf(args[0])
			if err == nil && address != "" {
				err = verify(text, address)
			}
			if err != nil {
				return err
			}
			return decode(text)
		},
	}
	cmd.Flags().StringVar(&address, "jwks", "", "the `URL` of the key set")
	if cmd.Execute() != nil {
		os.Exit(1)
	}
}

func tokenOf(arg string) (string, error) {
	name, isFile := strings.CutPrefix(arg, "@")
	if !isFile {
		return arg, nil
	}
	text, err := os.ReadFile(name)
	return strings.TrimSpace(string(text)), err
}

func decode(text string) error {
	for _, part := range strings.Split(text, ".")[:2] {
		data, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return err
		}
		var members map[string]any
		if err := json.Unmarshal(data, &members); err != nil {
			return err
		}
		for name, value := range members {
			fmt.Println(color.BlueString(name), value)
		}
	}
	return nil
}

func verify(text, address string) error {
	answer, err := http.Get(address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return err
	}
	token, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	for _, key := range set.Keys {
		if _, err := token.Verify(key); err == nil {
			return nil
		}
	}
	return errors.New("no key verifies the token")
}
