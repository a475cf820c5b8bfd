require "json"
require "net/http"

address = URI("{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices")
request = Net::HTTP::Post.new(address)
request["Content-Type"] = "application/json"
request["Authorization"] = "Bearer {{accessToken}}"
request.body = JSON.dump({ type: "SMS", phone: "{{phone}}", policy: { id: "{{deviceAuthPolicyID}}" } })
puts Net::HTTP.new(address.host, address.port).request(request).read_body
