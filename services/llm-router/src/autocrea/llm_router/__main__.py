"""`python -m autocrea.llm_router`: run the service, or migrate its database."""

from autocrea.llm_router.main import main

main()
