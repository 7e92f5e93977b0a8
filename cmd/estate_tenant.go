package cmd

import (
	"context"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// tenant settles the tenant's id, its cloud and its keys, as far as the estate needs them.
func (r *estateReader) tenant(ctx context.Context, flags *keyFlags) error {
	r.estate.Cloud = entra.Clouds()[0]
	if cloud, ok := entra.CloudByID(r.estate.file.Cloud.Value); ok {
		r.estate.Cloud = cloud
	}
	own := *flags
	own.tenant, own.cloud.value = r.estate.file.Tenant.Value, r.estate.Cloud.ID
	if r.estate.has(func(s *environments.Site) bool { return s.API != nil }) {
		if err := r.tenantID(ctx, &own); err != nil {
			return err
		}
	}
	if !r.estate.has(func(s *environments.Site) bool { return len(s.Tokens) > 0 }) {
		return nil
	}
	return r.keys(ctx, &own)
}

func (e *estate) has(what func(*environments.Site) bool) bool {
	for i := range e.Sites {
		if what(&e.Sites[i]) {
			return true
		}
	}
	return false
}

func (r *estateReader) tenantID(ctx context.Context, flags *keyFlags) error {
	tenant := r.estate.file.Tenant
	if tenant.Value == "" {
		return &source.Error{
			Pos:   source.Position{File: r.estate.file.Name, Line: 1, Column: 1},
			Cause: "tenant is missing: the issuer of every modelled token names it",
			Hints: source.Hints("tenant: the id that az account show --query tenantId prints"),
		}
	}
	id, err := r.env.tenantID(ctx, flags, nil)
	if err != nil {
		hints := source.Hints("give the tenant's id in place of its domain")
		return &source.Error{Pos: tenant.Pos, Cause: asError(err).Error(), Hints: hints}
	}
	r.estate.Tenant = strings.ToLower(id)
	return nil
}

// keys finds what verifies the real tokens: the file's own key set, else the tenant's. Without any, signatures are unknown.
func (r *estateReader) keys(ctx context.Context, flags *keyFlags) error {
	if jwks := r.estate.file.Keys; jwks.Value != "" && flags.jwks == "" {
		name, err := r.one(jwks)
		if err != nil {
			return err
		}
		flags.jwks = name
	}
	if flags.jwks != "" {
		flags.tenant = ""
	}
	found, err := r.env.signatures(ctx, flags, nil)
	if err != nil && flags.jwks != "" {
		return err
	}
	if err != nil {
		r.env.warn("the tenant's keys can't be had, so the signatures of real tokens are not known: %s",
			asError(err).Error())
	}
	r.estate.Signatures = found
	return nil
}
