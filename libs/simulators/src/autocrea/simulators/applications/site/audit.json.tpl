{
  "summary": "§{audit_summary}",
  "findings": [
    {
      "severity": "info", "file": "index.html", "near": "Content-Security-Policy",
      "what": "§{audit_headers_what}", "fix": "§{audit_headers_fix}"
    }
  ]
}
