//go:build !long

package environments

// soundEstates is how many random estates are held against tokens run one by one.
const soundEstates = 2
