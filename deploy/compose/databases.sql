-- A role and a database of its own for each service, as on a cluster. Passwords are of a developer's loopback only.
CREATE ROLE gateway LOGIN PASSWORD 'autocrea';
CREATE ROLE orchestrator LOGIN PASSWORD 'autocrea';
CREATE ROLE llm_router LOGIN PASSWORD 'autocrea';
CREATE ROLE billing LOGIN PASSWORD 'autocrea';
CREATE ROLE artifacts LOGIN PASSWORD 'autocrea';
CREATE DATABASE gateway OWNER gateway;
CREATE DATABASE orchestrator OWNER orchestrator;
CREATE DATABASE llm_router OWNER llm_router;
CREATE DATABASE billing OWNER billing;
CREATE DATABASE artifacts OWNER artifacts;
