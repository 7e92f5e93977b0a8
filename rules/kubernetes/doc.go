// Package kubernetes reads the resources of a cluster out of files, as every gateway that runs in
// one needs them: documents and Lists, names, labels, what a resource is attached to, the lists of
// texts in its spec, and the steps that edit them.
//
// What a resource means does not belong here: that is its gateway's adapter.
package kubernetes
