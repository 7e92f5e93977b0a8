// Package oauth2proxy is the adapter for OAuth2 Proxy where it takes bearer tokens
// (skip_jwt_bearer_tokens): its configuration, what it checks of a token, what it answers, its own
// rules, and its repairs.
//
// Each instance of the program is one policy. Its options come from a file in TOML, the alpha
// configuration in YAML, arguments and the environment: settings.go knows which one counts. A
// reader of a format (file.go, arguments.go, manifest.go) yields options with their places, and
// does not know what one means; compile.go does not know formats. Every rule of the program is
// read from its source, v7.15.6; behaviours.go is the one place that has a status or a body.
package oauth2proxy
