import type { Health, JobInfo } from "../protocol.js";

export interface HealthPanelApi {
  requests: {
    init: { params: null; result: { health: Health | null; problem?: string } };
    refresh: { params: null; result: { health: Health | null; problem?: string } };
    checkDatabase: { params: null; result: null };
    cancelJob: { params: { jobId: string }; result: null };
    stopEngine: { params: null; result: null };
    startEngine: { params: null; result: null };
    openLog: { params: null; result: null };
    copyText: { params: { text: string }; result: null };
  };
  notifications: {
    health: { health: Health | null; problem?: string };
    job: JobInfo;
    theme: null;
  };
}
