// Package mulesoft is the adapter for MuleSoft's API gateways: Mule Gateway and Flex Gateway
// (since 2025 also called Omni Gateway).
//
// A configuration format (apimanager.go, flex.go, …) yields entries: a policy kind, its version
// and its fields with their positions, and nothing of what they mean. A policy (jwt_validation.go,
// introspecting.go, …) compiles the fields into checks and knows nothing of formats. What the
// gateways answer is data, in behaviours.go.
package mulesoft
