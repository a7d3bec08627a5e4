§{seeds}
