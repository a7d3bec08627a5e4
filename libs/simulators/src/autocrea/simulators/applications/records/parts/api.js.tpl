  §{plural}: {
    list: async () => (await answer(fetch("/api/§{plural}"))).§{plural},
    create: (record) =>
      answer(fetch("/api/§{plural}", { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(record) })),
    update: (id, record) =>
      answer(fetch(`/api/§{plural}/${id}`, { method: "PUT", headers: JSON_HEADERS, body: JSON.stringify(record) })),
    remove: (id) => answer(fetch(`/api/§{plural}/${id}`, { method: "DELETE" })),
  },
