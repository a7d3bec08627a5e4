{
  "summary": "§{project}: §{summary}",
  "stack": ["§{stack_frontend}"],
  "routes": [],
  "env": [],
  "dependencies": [],
  "data_model": [],
  "ports": [],
  "deviations": ["§{deviation_mail}"]
}
