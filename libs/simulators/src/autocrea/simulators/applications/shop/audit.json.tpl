{
  "summary": "§{audit_summary}",
  "findings": [
    {
      "severity": "medium", "file": "backend/account_routes.py", "near": "/api/setup",
      "what": "§{audit_setup_what}", "fix": "§{audit_setup_fix}"
    },
    {
      "severity": "medium", "file": "backend/orders.py", "near": "@router.post",
      "what": "§{audit_stock_what}", "fix": "§{audit_stock_fix}"
    },
    {
      "severity": "medium", "file": "backend/account_routes.py", "near": "/api/login",
      "what": "§{audit_guess_what}", "fix": "§{audit_guess_fix}"
    },
    {
      "severity": "low", "file": "backend/reviews.py", "near": "@router.post",
      "what": "§{audit_reviews_what}", "fix": "§{audit_reviews_fix}"
    },
    {
      "severity": "low", "file": "backend/accounts.py", "near": "COOKIE_SECURE =",
      "what": "§{audit_cookie_what}", "fix": "§{audit_cookie_fix}"
    }
  ]
}
