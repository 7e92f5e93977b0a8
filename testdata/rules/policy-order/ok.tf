resource "anypoint_apim_policy_custom" "cors" {
  apim_id            = anypoint_apim_mule4.orders.id
  asset_id           = "cors"
  asset_version      = "1.3.1"
  order              = 1
  configuration_data = jsonencode({
    publicResource = true
  })
}

resource "anypoint_apim_policy_custom" "jwt_validation1" {
  apim_id            = anypoint_apim_mule4.orders.id
  asset_id           = "jwt-validation"
  asset_version      = "1.4.0"
  order              = 2
  configuration_data = jsonencode({
    signingMethod          = "rsa"
    signingKeyLength       = 256
    jwtKeyOrigin           = "jwks"
    jwksUrl                = "https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/discovery/keys"
    jwksServiceTimeToLive  = 60
    skipClientIdValidation = false
    clientIdExpression     = "#[vars.claimSet.appid]"
    validateAudClaim       = true
    mandatoryAudClaim      = true
    supportedAudiences     = "api://orders-uat"
    mandatoryExpClaim      = true
    mandatoryNbfClaim      = true
    validateCustomClaim    = true
    mandatoryCustomClaims  = [
      { key = "iss", value = "https://sts.windows.net/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/" },
    ]
    textKey                = "unused"
  })
}
