resource "anypoint_api_policy_jwt_validation" "orders" {
  api_instance_id = anypoint_api_instance.orders.id
  asset_version   = "1.4.0"

  configuration = {
    signing_method            = "rsa"
    signing_key_length        = 256
    jwt_key_origin            = "jwks"
    jwks_url                  = "https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/discovery/keys"
    jwks_service_time_to_live = 60
    skip_client_id_validation = false
    client_id_expression      = "#[vars.claimSet.appid]"
    validate_aud_claim        = true
    mandatory_aud_claim       = true
    supported_audiences       = "api://orders-uat"
    mandatory_exp_claim       = true
    mandatory_nbf_claim       = true
    validate_custom_claim     = true
    mandatory_custom_claims = [
      { key = "iss", value = "https://sts.windows.net/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/" },
      { key = "roles", value = "#[vars.claimSet.roles contains 'Orders.Read']" },
    ]
    text_key = "unused"
  }
}
