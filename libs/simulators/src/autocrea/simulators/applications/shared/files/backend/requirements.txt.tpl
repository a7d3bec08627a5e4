§{requirements}
