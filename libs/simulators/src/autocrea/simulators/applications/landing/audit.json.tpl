{
  "summary": "§{audit_summary}",
  "findings": [
    {
      "severity": "medium", "file": "backend/messages.py", "near": "@router.post",
      "what": "§{audit_limit_what}", "fix": "§{audit_limit_fix}"
    },
    {
      "severity": "low", "file": "backend/schema.sql", "near": "email",
      "what": "§{audit_personal_what}", "fix": "§{audit_personal_fix}"
    },
    {
      "severity": "info", "file": "compose.yaml", "near": "127.0.0.1",
      "what": "§{audit_tls_what}", "fix": "§{audit_tls_fix}"
    }
  ]
}
