// Package tokens makes the tokens that real gateways are asked with: the same kinds by name in
// each run, minted anew. What a gateway answered is recorded under these names, so that the tests
// can mint the tokens again and hold a prediction against the answer.
package tokens
