{
  "summary": "§{audit_summary}",
  "findings": [
    {
      "severity": "high", "file": "backend/main.py", "near": "include_router",
      "what": "§{audit_open_what}", "fix": "§{audit_open_fix}"
    },
    {
      "severity": "low", "file": "compose.yaml", "near": "127.0.0.1",
      "what": "§{audit_tls_what}", "fix": "§{audit_tls_fix}"
    }
  ]
}
