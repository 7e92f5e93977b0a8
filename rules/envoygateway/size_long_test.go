//go:build long

package envoygateway

const randomTemplates = 300
