class §{class}(BaseModel):
    """§{class}, as callers send it."""

§{model_fields}


class Stored§{class}(§{class}):
    """§{class}, as it is stored."""

    id: §{id_type}


class §{class}List(BaseModel):
    """All of them, the newest first."""

    §{plural}: list[Stored§{class}]
