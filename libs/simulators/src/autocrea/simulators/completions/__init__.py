"""The OpenAI chat-completions wire, mounted once per provider (JoxCoder, OpenAI); what is written is the writer's."""
