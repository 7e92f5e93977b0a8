package entra

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Directory is what files tell of the applications of a tenant.
type Directory struct {
	Apps        []*Registration
	Principals  []*ServicePrincipal
	Assignments []Assignment

	// More is where a list of assignments goes on in an answer that is not here (@odata.nextLink), so that others have roles too.
	More []Text
}

// ReadRegistrations reads app registrations, the service principals beside them and their assignments from files, in whichever of
// these forms each is: Microsoft Graph's (az ad app show, the portal's manifest), the older manifest's, what Graph or az
// answer for a service principal and its appRoleAssignedTo, all of them bare, in lists or in an envelope; and Terraform's
// azuread provider. A service principal is tied to the registration that has its application id, whatever file it is in.
//
// Every error is a [*source.Error].
func ReadRegistrations(files ...*source.File) (*Directory, error) {
	d := &Directory{}
	for _, file := range files {
		before := d.size()
		for _, document := range file.Documents {
			d.read(file, document)
		}
		if d.size() == before {
			return nil, noRegistration(file)
		}
	}
	d.link()
	return d, nil
}

func (d *Directory) size() int { return len(d.Apps) + len(d.Principals) + len(d.Assignments) }

func (d *Directory) read(file *source.File, document *source.Value) {
	if file.Format == source.HCL {
		d.readTerraform(document)
		return
	}
	d.readObject(document, deepest)
}

// deepest is how many levels of lists and envelopes may lie around a registration.
const deepest = 4

// readObject reads one object of Graph, or looks for some inside a list or an envelope.
func (d *Directory) readObject(v *source.Value, depth int) {
	switch {
	case v == nil || depth == 0:
	case v.Kind == source.List:
		for _, item := range v.Items {
			d.readObject(item, depth-1)
		}
	case has(v, "appRoleId") && has(v, "principalId"):
		d.Assignments = append(d.Assignments, assignmentOf(v))
	case has(v, "servicePrincipalType", "servicePrincipalNames", "appRoleAssignmentRequired", "appOwnerOrganizationId"):
		d.Principals = append(d.Principals, principalOf(v))
		d.readObject(member(v, "appRoleAssignedTo"), depth-1)
		d.goesOn(textAt(v, "appRoleAssignedTo@odata.nextLink"))
	case has(v, "identifierUris", "signInAudience", "requiredResourceAccess", "oauth2Permissions", "requestedAccessTokenVersion", "accessTokenAcceptedVersion", "replyUrlsWithType"):
		d.Apps = append(d.Apps, registrationOf(v))
	case has(v, "appId") && (has(v, "api") || has(v, "appRoles") || has(v, "displayName")):
		d.Apps = append(d.Apps, registrationOf(v))
	default:
		before := len(d.Assignments)
		for _, m := range v.Members {
			d.readObject(m.Value, depth-1)
		}
		if len(d.Assignments) > before {
			d.goesOn(textAt(v, "@odata.nextLink"))
		}
	}
}

func (d *Directory) goesOn(next Text) {
	if next.Value != "" {
		d.More = append(d.More, next)
	}
}

// link ties each service principal to its registration.
func (d *Directory) link() {
	for _, app := range d.Apps {
		i := slices.IndexFunc(d.Principals, func(p *ServicePrincipal) bool { return p.AppID.Is(app.AppID) })
		if i >= 0 {
			app.Principal = d.Principals[i]
		}
	}
	d.identify()
}

// identify gives a Terraform application the id of the service principal that stands beside it, where there is one of each: Entra gives the
// id when the app is created, so it is in no Terraform file.
func (d *Directory) identify() {
	if len(d.Apps) != 1 || !d.Apps[0].AppID.Unknown {
		return
	}
	var known []*ServicePrincipal
	for _, p := range d.Principals {
		if p.AppID.Known() {
			known = append(known, p)
		}
	}
	if len(known) != 1 {
		return
	}
	app := d.Apps[0]
	app.AppID = known[0].AppID
	if app.Principal != nil && known[0].AssignmentRequired.Value == "" {
		known[0].AssignmentRequired = app.Principal.AssignmentRequired
	}
	app.Principal = known[0]
}

func noRegistration(file *source.File) error {
	err := &source.Error{
		Pos:   source.Position{File: file.Name},
		Cause: "no app registration in this file",
		Hints: source.Hints("expected is what az ad app show --id APP prints, a manifest from the portal, " +
			"or Terraform with an azuread_application"),
	}
	if len(file.Documents) > 0 {
		err.Pos = file.Documents[0].Pos
	}
	return err
}

// member returns the first member that goes by one of the names, in any case: documentation and PowerShell capitalise them.
func member(v *source.Value, names ...string) *source.Value {
	if v == nil {
		return nil
	}
	for _, name := range names {
		for i := range v.Members {
			if m := &v.Members[i]; strings.EqualFold(m.Key, name) {
				return m.Value
			}
		}
	}
	return nil
}

// has reports whether one of the members is there, null or not.
func has(v *source.Value, names ...string) bool { return member(v, names...) != nil }

// textOf takes a scalar as a text. Null, lists and objects give none.
func textOf(v *source.Value) Text {
	if v == nil {
		return Text{}
	}
	t := Text{Pos: v.Pos, Span: v.Span}
	switch v.Kind {
	case source.String, source.Number, source.Bool:
		t.Value = v.Text
	case source.Unknown:
		t.Value, t.Unknown = v.Text, true
	}
	return t
}

// textsOf takes a list of scalars, or one that stands where a list should.
func textsOf(v *source.Value) []Text {
	var all []Text
	for _, item := range itemsOf(v) {
		if t := textOf(item); t.Value != "" {
			all = append(all, t)
		}
	}
	return all
}

// itemsOf returns the items of a list, or the one value that stands in its place.
func itemsOf(v *source.Value) []*source.Value {
	switch {
	case v == nil || v.Kind == source.Null:
		return nil
	case v.Kind == source.List:
		return v.Items
	}
	return []*source.Value{v}
}

// textAt is the member as a text.
func textAt(v *source.Value, names ...string) Text { return textOf(member(v, names...)) }

func isTrue(v *source.Value, name string) bool { return textAt(v, name).Value == "true" }

// isFalse reports whether a member is there and false; one that is absent counts as true.
func isFalse(v *source.Value, name string) bool { return textAt(v, name).Value == "false" }
