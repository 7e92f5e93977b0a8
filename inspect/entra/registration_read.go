package entra

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Directory is what files say about the applications of a tenant.
type Directory struct {
	Apps        []*Registration
	Principals  []*ServicePrincipal
	Assignments []Assignment

	// More is where a list goes on in an answer that is not here (@odata.nextLink). If there is
	// one, there may be other apps, and others may have roles.
	More []Text

	moreApps bool            // a list of apps goes on
	deleted  Text            // when the last application was deleted of those that were
	again    bool            // the same was read again
	parts    []*source.Value // Terraform's resources that add to an application

	read map[[sha256.Size]byte]bool // the contents of applications; until all is read
}

// Clients are the applications that can have tokens: those with a registration, and those with
// nothing but a service principal, such as a managed identity.
func (d *Directory) Clients() []*Registration {
	all := slices.Clone(d.Apps)
	known := make(map[string]bool, len(d.Apps))
	for _, app := range d.Apps {
		known[app.AppID.ID()] = true
	}
	for _, p := range d.Principals {
		if p.AppID.Known() && !known[p.AppID.ID()] {
			all = append(all, &Registration{
				Pos: p.AppID.Pos, Name: p.Name, AppID: p.AppID, Principal: p,
			})
		}
	}
	return all
}

// Only is the app that the files are about; nil if they have none, or several, or a list of apps
// that goes on.
func (d *Directory) Only() *Registration {
	if d == nil || len(d.Apps) != 1 || d.moreApps {
		return nil
	}
	return d.Apps[0]
}

// ReadRegistrations reads app registrations, the service principals beside them and their
// assignments from files. Each file may have one of these forms: Microsoft Graph's (az ad app
// show, the portal's manifest), the older manifest's, what Graph or az answer for a service
// principal and its appRoleAssignedTo, or Terraform's azuread provider. All but Terraform's may be
// bare, in lists or in an envelope. A service principal is tied to the registration with its
// application id, whatever file it is in.
//
// Every error is a [*source.Error].
func ReadRegistrations(files ...*source.File) (*Directory, error) {
	d := &Directory{read: map[[sha256.Size]byte]bool{}}
	for _, file := range files {
		before := d.size()
		d.again = false
		for _, document := range file.Documents {
			if d.readTerraform(document.Blocks()); file.Format != source.HCL {
				d.readObject(document, "", deepest)
			}
		}
		if d.size() == before && !d.again {
			return nil, d.noRegistration(file)
		}
	}
	for _, part := range d.parts {
		d.extend(part)
	}
	d.read = nil
	for _, app := range d.Apps {
		if err := app.checkSize(); err != nil {
			return nil, err
		}
		app.emitGroups()
	}
	if err := d.link(); err != nil {
		return nil, err
	}
	return d, nil
}

// mostEntries is how many App ID URIs, scopes, app roles, optional claims and preauthorised
// clients a registration may have, of each. Entra ID itself takes some 1,200 of all together
// (learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest).
const mostEntries = 10_000

// checkSize refuses a registration that goes beyond the limit: what is modelled for it grows with
// each list, and with two of them together.
func (r *Registration) checkSize() error {
	for _, list := range []struct {
		size int
		of   string
	}{
		{len(r.URIs), "App ID URIs"},
		{len(r.Scopes), "scopes"},
		{len(r.Roles), "app roles"},
		{len(r.Claims), "optional claims"},
		{len(r.PreAuthorized), "preauthorised clients"},
		{len(r.Requires), "required APIs"},
	} {
		if list.size > mostEntries {
			return &source.Error{
				Pos: r.Pos, Limit: true,
				Cause: fmt.Sprintf("the app registration has more than %d %s, the most that are "+
					"read", mostEntries, list.of),
				Hints: source.Hints("is this an app registration of Entra ID, which has a few? " +
					"then try a copy with fewer"),
			}
		}
	}
	return nil
}

func (d *Directory) size() int {
	return len(d.Apps) + len(d.Principals) + len(d.Assignments) + len(d.parts)
}

// deepest is how many levels of lists and envelopes may lie around a registration.
const deepest = 4

// readObject reads one object of Graph, or looks for some inside a list or an envelope, whose
// context says what was selected of each. What was deleted is left out: nobody has a token of it.
func (d *Directory) readObject(v *source.Value, context string, depth int) {
	if own := textAt(v, "@odata.context"); own.Value != "" {
		context = own.Value
	}
	switch {
	case v == nil || depth == 0:
	case v.Kind == source.List:
		for _, item := range v.Items {
			d.readObject(item, context, depth-1)
		}
	case has(v, "appRoleId") && has(v, "principalId"):
		d.Assignments = append(d.Assignments, assignmentOf(v))
	case textAt(v, "deletedDateTime").Value != "":
		d.deleted = textAt(v, "deletedDateTime")
	case isPrincipal(v):
		d.Principals = append(d.Principals, principalOf(whole(v, context)))
		d.readObject(member(v, assigned), "", depth-1)
		if next := textAt(v, assigned+"@odata.nextLink"); next.Value != "" {
			d.More = append(d.More, next)
		}
	case isApplication(v):
		d.addApp(whole(v, context))
	default:
		d.readAnswer(v, context, depth)
	}
}

// assigned is the member of a service principal with the assignments of its roles.
const assigned = "appRoleAssignedTo"

func isPrincipal(v *source.Value) bool {
	return strings.HasSuffix(textAt(v, "@odata.type").Value, ".servicePrincipal") ||
		has(v, "servicePrincipalType", "servicePrincipalNames", "appRoleAssignmentRequired",
			"appOwnerOrganizationId")
}

func isApplication(v *source.Value) bool {
	return has(v, "identifierUris", "signInAudience", "requiredResourceAccess",
		"oauth2Permissions", "requestedAccessTokenVersion", "accessTokenAcceptedVersion",
		"replyUrlsWithType") ||
		has(v, "appId") && (has(v, "api") || has(v, "appRoles") || has(v, "displayName"))
}

// readAnswer reads what is in an envelope, and notes where its list goes on.
func (d *Directory) readAnswer(v *source.Value, context string, depth int) {
	before, apps := d.size(), len(d.Apps)
	for _, m := range v.Members {
		d.readObject(m.Value, context, depth-1)
	}
	next := v.Continued()
	empty := d.size() == before
	if next != nil && (!empty || next.Key == "@odata.nextLink") { // a page may be empty
		d.More = append(d.More, textOf(next.Value))
		d.moreApps = d.moreApps || len(d.Apps) > apps || empty
	}
}

// decisive are the members of an application and of a service principal that say which tokens
// there are.
var decisive = [...]string{
	"identifierUris", "appRoles", "api", "optionalClaims", "groupMembershipClaims",
	"signInAudience", "appRoleAssignmentRequired",
}

// whole completes an object that was fetched with some of its members alone: the others are there,
// and unknown. An answer of Graph lists in its context which ones were selected.
func whole(v *source.Value, context string) *source.Value {
	_, list, some := strings.Cut(context, "(")
	if !some || strings.HasPrefix(list, "'") { // an id
		return v
	}
	made := *v
	made.Members = slices.Clone(v.Members)
	sign := func(r rune) bool { return strings.ContainsRune(",()/", r) }
	selected := strings.FieldsFunc(list, sign)
	for _, name := range decisive {
		if !has(v, name) && !slices.Contains(selected, name) {
			made.Members = append(made.Members, source.Member{Key: name, Value: &source.Value{
				Kind: source.Unknown, Text: name + " was not selected", Pos: v.Pos, Span: v.Span,
			}})
		}
	}
	return &made
}

// addApp reads a registration, unless the same stands in another answer.
func (d *Directory) addApp(v *source.Value) {
	if textAt(v, "appId").Value != "" {
		sum := sha256.Sum256([]byte(content(v)))
		if d.read[sum] {
			d.again = true
			return
		}
		d.read[sum] = true
	}
	d.Apps = append(d.Apps, registrationOf(v))
}

// content is all that an object says, but for what Graph says of its answer.
func content(v *source.Value) string {
	bare := *v
	bare.Members = source.Without(v.Members, func(m source.Member) bool {
		return strings.HasPrefix(m.Key, "@odata.")
	})
	return bare.JSON()
}

// link ties each service principal to its registration. An application has one in each tenant, so
// that several are of several tenants.
func (d *Directory) link() error {
	principals := make(map[string]*ServicePrincipal, len(d.Principals))
	for _, p := range d.Principals {
		before := principals[p.AppID.ID()]
		if before == nil {
			principals[p.AppID.ID()] = p
		} else if p.AppID.Known() && !before.like(p) {
			return &source.Error{
				Pos: p.AppID.Pos,
				Cause: "the service principal of " + p.AppID.Value + " is at " +
					before.AppID.Pos.String() + " too, and they differ: an application has " +
					"one in a tenant",
				Hints: source.Hints("pass the one of the tenant whose tokens are meant: " +
					"az ad sp show --id APP prints it"),
			}
		}
	}
	for _, app := range d.Apps {
		if p := principals[app.AppID.ID()]; p != nil && app.AppID.Value != "" {
			app.Principal = p
		}
	}
	d.identify()
	return nil
}

// like reports whether two service principals say the same, as far as both say it.
func (p *ServicePrincipal) like(other *ServicePrincipal) bool {
	same := func(a, b Text) bool { return !a.Known() || !b.Known() || a.Is(b) }
	return same(p.ObjectID, other.ObjectID) &&
		same(p.AssignmentRequired, other.AssignmentRequired)
}

// identify gives a Terraform application the id of the service principal beside it, if there is
// one of each. Entra assigns the id when it creates the app, so no Terraform file has it.
func (d *Directory) identify() {
	if len(d.Apps) != 1 || !d.Apps[0].AppID.Unknown {
		return
	}
	known := source.Where(d.Principals, func(p *ServicePrincipal) bool { return p.AppID.Known() })
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

func (d *Directory) noRegistration(file *source.File) error {
	err := &source.Error{
		Pos:   source.Position{File: file.Name},
		Cause: "no app registration in this file",
		Hints: source.Hints(
			"expected: the output of az ad app show --id APP, a manifest from the portal, or " +
				"Terraform with an azuread_application"),
	}
	switch {
	case d.deleted.Pos.File == file.Name && d.deleted.Value != "":
		err.Pos = d.deleted.Pos
		err.Cause = "this application was deleted on " + d.deleted.Value +
			": there are no tokens of it or for it"
	case len(file.Documents) > 0:
		err.Pos = file.Documents[0].Pos
	}
	return err
}
