package cmd

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

type keysFlags struct {
	output outputFlags
	keys   keyFlags
	clouds bool
}

func newKeys(env *Env) *cobra.Command {
	var flags keysFlags
	cmd := &cobra.Command{
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeKeySet,
		RunE: func(cmd *cobra.Command, args []string) error {
			return env.keys(cmd, &flags, args)
		},
	}
	flags.output.register(cmd, render.Formats().Keys.Names()...)
	flags.output.registerDetail(cmd)
	flags.keys.register(cmd)
	for name, usage := range map[string]string{ // no token is looked at here
		"tenant": "the tenant whose keys are shown: an `ID` or a domain",
		"issuer": "the issuer whose keys are shown, as a `URL`",
		"jwks":   "the key set to show: a `FILE` or a URL",
	} {
		cmd.Flags().Lookup(name).Usage = usage
	}
	cmd.Flags().BoolVar(&flags.clouds, "clouds", false,
		"ask every cloud which of the keys it lists")
	return cmd
}

func (e *Env) keys(cmd *cobra.Command, flags *keysFlags, args []string) error {
	ctx, line := cmd.Context(), e.commandLine(cmd, nil)
	if len(args) > 0 {
		if flags.keys.jwks != "" {
			return problem("two key sets were named: the argument and --jwks", "name one")
		}
		flags.keys.jwks = args[0]
		e.noteUnused(&flags.keys, "the argument")
	} else {
		e.noteUnused(&flags.keys, "--jwks")
	}
	var clouds []keys.CloudSet
	if flags.clouds {
		source := e.keySource(&flags.keys, nil)
		source.Timeout = patience
		stop := e.tellAsked(source)
		clouds = source.CloudSets(ctx)
		stop()
	}
	stop := func() {}
	if flags.keys.jwks != "-" { // that may be asked for at the terminal
		stop = e.showProgress(&atomic.Int64{}, 1, "key sets fetched")
	}
	set, err := e.shownKeys(ctx, &flags.keys, clouds)
	stop()
	if err != nil {
		return err
	}
	listing := report.NewKeyListing(set, e.Now(), clouds...)
	listing.AddNext(line, namedKeys(line, args))
	if err := show(e, &flags.output, render.Formats().Keys, listing); err != nil {
		return err
	}
	return exitAs(len(listing.Private) > 0, false)
}

// namedKeys are the flags that name a key set to verify with: none where that is standard input,
// or the keys of all tenants.
func namedKeys(line report.CommandLine, args []string) []string {
	words := source.Without(line.Flags, func(word string) bool {
		return word == "--clouds"
	})
	if len(args) > 0 && args[0] != "-" {
		words = append([]string{"--jwks", args[0]}, words...)
	}
	return words
}

// shownKeys returns the key set that the flags name, or that of all clouds where they were asked
// and no other is named.
func (e *Env) shownKeys(
	ctx context.Context, f *keyFlags, clouds []keys.CloudSet,
) (*keys.Set, error) {
	switch {
	case len(clouds) > 0 && !f.namesKeys() && f.cloud.value == "":
		return ofAllClouds(clouds)
	case f.jwks == "-":
		return e.maker().ReadStdinKeys()
	case f.jwks != "", f.issuer != "" && f.tenant == "":
		return e.givenKeys(ctx, f, nil)
	case f.tenant == "" && f.cloud.value == "":
		return nil, problem("no key set was named",
			"name a file or an address: gatewhy keys FILE",
			"or a tenant: gatewhy keys --tenant TENANT")
	case f.tenant == "":
		return e.tenantKeys(ctx, f, "common")
	}
	return e.tenantKeys(ctx, f, f.tenant)
}

// ofAllClouds returns the keys of every cloud that answered.
func ofAllClouds(clouds []keys.CloudSet) (*keys.Set, error) {
	var sets []*keys.Set
	var names []string
	for _, c := range clouds {
		if c.Set != nil {
			sets, names = append(sets, c.Set), append(names, c.Cloud.ID)
		}
	}
	if len(sets) == 0 {
		return nil, clouds[0].Err
	}
	return keys.Union("the common keys of "+strings.Join(names, ", "), sets...), nil
}

func (e *Env) tenantKeys(ctx context.Context, f *keyFlags, tenant string) (*keys.Set, error) {
	source := e.keySource(f, nil)
	var sets []*keys.Set
	var origins []string
	for _, version := range []entra.Version{entra.V1, entra.V2} {
		set, err := source.Tenant(ctx, f.cloudOrPublic(), tenant, version, "")
		if err != nil {
			return nil, err
		}
		sets, origins = append(sets, set), append(origins, set.Origin)
	}
	return keys.Union(strings.Join(origins, " and "), sets...), nil
}
