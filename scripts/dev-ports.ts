/** Other ports than `npm start` has, so that development never meets the data of real use in the same browser. */
export const DEV_APP_PORT = 5173
export const DEV_RELAY_PORT = 4322
export const DEV_APP = `http://localhost:${DEV_APP_PORT}`
