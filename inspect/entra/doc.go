// Package entra holds what is known of Microsoft Entra ID as data: its clouds with their hosts and issuers,
// the addresses of its metadata and keys, and its well-known applications.
//
// It reads no token and opens no connection.
package entra
