#!/bin/sh
# Refused: DB_PASSWORD was made optional, not repaired
set -e
kubectl -n taskmaster patch deployment backend --type=strategic -p '
spec:
  template:
    spec:
      containers:
      - name: backend
        env:
        - name: DB_PASSWORD
          valueFrom:
            secretKeyRef:
              name: database-secret
              key: POSTGRES_PASS
              optional: true
'
