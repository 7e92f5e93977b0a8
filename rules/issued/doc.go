// Package issued is the one model of which tokens can exist and who can hold them: what Entra ID
// issues to an environment's own clients, to another environment's, to a client that no file
// shows, to an unrelated app in the tenant, to a guest and to another tenant; what a forger
// writes; and what each of them can write into a request beside the token.
//
// A [World] is what is known: app registrations out of files, or no more than what policies ask
// for (see [Assume]). What somebody can have is made of two things:
//
//   - a resource (resource.go): the API that it is for, or of ID tokens the client. It says which
//     tenants may issue the token, in which versions, with which audiences, and with which
//     claims of its owner's choice.
//   - a grant (grants.go): what some clients have of that API, as sets of scopes and roles.
//     Clients that have the same are a group.
//
// Who has which grant of which resource (a holding) is in members.go and strangers.go. A [Kind] is
// every such token by itself, and a [Run] evaluates kinds against one gateway's policies: matrix
// asks so. [Holders] have the same holdings, each as one token in which all that differs is left
// open until a check looks at it: lint asks so, and fix, whose own token is an [Example]: who can
// have tokens for its API is [Example.Around] it. TestHoldersGetAsFarAsTheirKinds holds both
// against each other.
//
// What stands in a token is in token.go, with the table of claims.go and what its holder makes of
// them (freedom.go); which signatures verify is in signatures.go. What a holder chooses counts as
// chosen to get furthest; what nobody knows is unknown.
//
// What one gateway's checks ask for is looked up in their texts (texts.go), and what they can see
// of a token is a [View] (view.go). There are more tokens than can be run, so that three questions
// are asked of checks:
//
//   - which values of a claim can they tell apart, and which bar a token by themselves? (atoms.go)
//   - which clients' ids, wherever these stand in a token? (ids.go)
//   - which names of scopes and roles, alone and between others, and in which sets? (required.go)
//
// The package reads no files, knows no gateway, and writes nothing.
package issued
