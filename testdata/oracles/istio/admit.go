package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	celconfig "k8s.io/apiserver/pkg/apis/cel"

	"istio.io/istio/manifests"
)

// crds is where Istio's chart has the definitions of its resources.
const crds = "charts/base/files/crd-all.gen.yaml"

// apiServer checks resources against their definitions, as the API server of Kubernetes does.
type apiServer struct {
	schema map[string]*definition // by apiVersion and kind
}

type definition struct {
	types      validation.SchemaCreateValidator
	structural *structural.Structural
	rules      *cel.Validator
}

func newAPIServer() (*apiServer, error) {
	text, err := manifests.FS.ReadFile(crds)
	if err != nil {
		return nil, err
	}
	a := &apiServer{schema: map[string]*definition{}}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var crd apiextensionsv1.CustomResourceDefinition
		if err := decoder.Decode(&crd); errors.Is(err, io.EOF) {
			return a, nil
		} else if err != nil {
			return nil, err
		}
		kind := crd.Spec.Names.Kind
		if kind != "RequestAuthentication" && kind != "AuthorizationPolicy" {
			continue
		}
		var plain apiextensions.CustomResourceDefinition
		if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(
			&crd, &plain, nil,
		); err != nil {
			return nil, err
		}
		for _, version := range plain.Spec.Versions {
			d, err := define(&plain, &version)
			if err != nil {
				return nil, err
			}
			a.schema[crd.Spec.Group+"/"+version.Name+" "+kind] = d
		}
	}
}

func define(
	crd *apiextensions.CustomResourceDefinition,
	version *apiextensions.CustomResourceDefinitionVersion,
) (*definition, error) {
	schema := version.Schema
	if schema == nil {
		schema = crd.Spec.Validation
	}
	types, _, err := validation.NewSchemaValidator(schema.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	s, err := structural.NewStructural(schema.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	return &definition{types, s, cel.NewValidator(s, true, celconfig.PerCallLimit)}, nil
}

// admit says why the API server refuses a resource, and takes out of it the fields that it drops.
func (a *apiServer) admit(object *unstructured.Unstructured) (dropped, refused []string) {
	d := a.schema[object.GetAPIVersion()+" "+object.GetKind()]
	if d == nil {
		return nil, []string{"no kind " + object.GetKind() + " of " + object.GetAPIVersion()}
	}
	content := object.Object
	for _, path := range pruning.PruneWithOptions(content, d.structural, true,
		structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		if !strings.HasPrefix(path, "metadata.") {
			dropped = append(dropped, path)
		}
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(content, d.structural)
	errs := validation.ValidateCustomResource(nil, content, d.types)
	if len(errs) == 0 {
		errs, _ = d.rules.Validate(
			context.Background(), nil, d.structural, content, nil, celconfig.RuntimeCELCostBudget)
	}
	for _, err := range errs {
		refused = append(refused, err.Error())
	}
	slices.Sort(refused)
	return dropped, refused
}
