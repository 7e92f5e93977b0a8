package issued

// LeavesOut says in a sentence what the model does not have: whoever says that no token exists
// which gets in somewhere says this too.
const LeavesOut = "The model leaves out tokens of personal accounts, of Azure AD B2C, External " +
	"ID and other clouds, keys of one application (?appid=), stolen tokens, and what changes in " +
	"the tenant after the files were made."
