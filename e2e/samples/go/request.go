package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	body := strings.NewReader(`{"type": "SMS", "phone": "{{phone}}", "policy": {"id": "{{deviceAuthPolicyID}}"}}`)
	request, err := http.NewRequest("POST", "{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices", body)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	request.Header.Add("Content-Type", "application/json")
	request.Header.Add("Authorization", "Bearer {{accessToken}}")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	fmt.Println(string(text))
}
