// Package issued is the one model of which tokens can exist and who can hold them: what Entra ID
// issues to an environment's own clients, to another environment's, to a client that no file
// shows, to an unrelated app in the tenant, to a guest and to another tenant; what a forger
// writes; and what each of them can write into a request beside the token.
//
// A [World] is what is known: app registrations out of files, or no more than what policies ask
// for (see [Assume]). Its [Kind]s are the tokens, and a [Run] evaluates them against one gateway's
// policies. What a holder chooses counts as chosen to get furthest; what nobody knows is unknown.
// The package reads no files, knows no gateway, and writes nothing.
package issued
