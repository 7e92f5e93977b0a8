resource "anypoint_apim_gate" "orders" {
  apim_id        = anypoint_apim_mule4.orders.id
  signing_method = "none"
}
