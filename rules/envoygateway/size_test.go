//go:build !long

package envoygateway

// randomTemplates is how many templates are held against what they may become.
const randomTemplates = 100
