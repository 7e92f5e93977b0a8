package scan

import "github.com/gatewhy/gatewhy/rules"

// Comparison is what the same tokens get before a change of the policies and after it.
type Comparison struct {
	Before, After Summary

	LockedOut Summary // accepted before and rejected after: what they get after
	LetIn     Summary // rejected before and accepted after: what they got before
	Unclear   Summary // what they get after, where one of the two is not known and they differ
}

// Add counts tokens that get the same.
func (c *Comparison) Add(before, after Result, tokens int64) {
	c.Before.Add(before, tokens)
	c.After.Add(after, tokens)
	switch was, is := before.Outcome, after.Outcome; {
	case was == is:
	case was == rules.Accepted && is == rules.Rejected:
		c.LockedOut.Add(after, tokens)
	case was == rules.Rejected && is == rules.Accepted:
		c.LetIn.Add(before, tokens)
	default:
		c.Unclear.Add(after, tokens)
	}
}

// Merge adds what another comparison counted.
func (c *Comparison) Merge(other *Comparison) {
	c.Before.Merge(&other.Before)
	c.After.Merge(&other.After)
	c.LockedOut.Merge(&other.LockedOut)
	c.LetIn.Merge(&other.LetIn)
	c.Unclear.Merge(&other.Unclear)
}
